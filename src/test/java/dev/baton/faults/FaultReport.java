package dev.baton.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run came to, as a table: printed, and kept beside the nodes' logs. */
final class FaultReport {
    private final long seed;
    private final Map<Nemesis.Kind, List<Long>> took = new EnumMap<>(Nemesis.Kind.class);
    private final Map<Nemesis.Kind, Integer> injected = new EnumMap<>(Nemesis.Kind.class);
    private final Map<Nemesis.Kind, List<Long>> silent = new EnumMap<>(Nemesis.Kind.class);
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<Nemesis.Kind, Integer> mistaken = new EnumMap<>(Nemesis.Kind.class);
    private final List<Long> told = new ArrayList<>();
    private int falseOfflines;
    private int violations;
    private int rounds;

    FaultReport(long seed) {
        this.seed = seed;
    }

    /** Takes a round in. */
    void add(History history, Collection<Nemesis.Took> times, Collection<Violation> found) {
        rounds++;
        times.forEach(time ->
                took.computeIfAbsent(time.kind(), kind -> new ArrayList<>()).add(time.millis()));
        List<Event> events = history.events();
        for (Event event : events) {
            if (event instanceof Event.Harm harm) {
                for (Nemesis.Kind kind : Nemesis.Kind.values()) {
                    if (kind.words().equals(harm.kind())) {
                        injected.merge(kind, 1, Integer::sum);
                        silent.computeIfAbsent(kind, none -> new ArrayList<>()).addAll(silences(events, harm));
                        mistaken.merge(kind, falseOfflines(events, harm.at(), after(harm)), Integer::sum);
                    }
                }
            }
        }
        history.counts().forEach((kind, count) -> counts.merge(kind, count, Long::sum));
        told.addAll(history.millisUntilTold());
        falseOfflines += falseOfflines(events, Long.MIN_VALUE, Long.MAX_VALUE);
        violations += found.size();
    }

    /** What happens until then is taken for a consequence. */
    private static long after(Event.Harm harm) {
        return harm.end() + 5_000_000_000L;
    }

    /**
     * For each document the longest time without a write that was applied, from the harm until some seconds after it.
     */
    private static List<Long> silences(List<Event> events, Event.Harm harm) {
        long to = after(harm);
        Map<String, List<Long>> applied = new TreeMap<>();
        for (Event event : events) {
            if (event instanceof Event.Wrote wrote
                    && wrote.result() == Event.Result.APPLIED
                    && wrote.end() >= harm.at() - 1_000_000_000L
                    && wrote.end() <= to) {
                applied.computeIfAbsent(wrote.document(), document -> new ArrayList<>())
                        .add(wrote.end());
            }
        }
        List<Long> silences = new ArrayList<>();
        applied.values().forEach(times -> {
            times.sort(null);
            long longest = 0;
            for (int i = 1; i < times.size(); i++) {
                longest = Math.max(longest, times.get(i) - times.get(i - 1));
            }
            silences.add(longest / 1_000_000);
        });
        return silences;
    }

    /** Connections closed for silence, of clients that were not stopped. */
    private static int falseOfflines(List<Event> events, long from, long to) {
        int found = 0;
        for (Event event : events) {
            if (event instanceof Event.Closed closed
                    && closed.code() == 4000
                    && closed.at() >= from
                    && closed.at() <= to) {
                found++;
            }
        }
        return found;
    }

    private static String percentile(List<Long> values, double part) {
        if (values.isEmpty()) {
            return "–";
        }
        List<Long> sorted = values.stream().sorted().toList();
        return Long.toString(sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1)));
    }

    /** Prints it, and writes it into that folder. */
    void publish(Path folder) {
        System.out.println(this);
        try {
            Files.writeString(folder.resolve("report.md"), toString());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "\nSeed " + seed + ", and from it one for each of " + rounds + " rounds; milliseconds\n\n");
        text.append(
                "| fault | injected | pens hit | next holder p50 | p99 | max | no write p50 | max | false offlines |\n");
        text.append("|---|---|---|---|---|---|---|---|---|\n");
        for (Nemesis.Kind kind : Nemesis.Kind.values()) {
            List<Long> times = took.getOrDefault(kind, List.of());
            List<Long> silence = silent.getOrDefault(kind, List.of());
            text.append("| %s | %d | %d | %s | %s | %s | %s | %s | %d |%n"
                    .formatted(
                            kind.words(),
                            injected.getOrDefault(kind, 0),
                            times.size(),
                            percentile(times, 0.5),
                            percentile(times, 0.99),
                            percentile(times, 1),
                            percentile(silence, 0.5),
                            percentile(silence, 1),
                            mistaken.getOrDefault(kind, 0)));
        }
        text.append("\nSeen: ").append(counts).append(", closed for silence ").append(falseOfflines);
        text.append("\nTold that the store went back: %d, p50 %s, p99 %s, max %s"
                .formatted(told.size(), percentile(told, 0.5), percentile(told, 0.99), percentile(told, 1)));
        text.append("\nViolations: ").append(violations).append('\n');
        return text.toString();
    }
}
