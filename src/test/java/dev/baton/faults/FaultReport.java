package dev.baton.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run came to, as a table. */
final class FaultReport {
    private final long seed;
    private final Map<Nemesis.Kind, List<Long>> took = new EnumMap<>(Nemesis.Kind.class);
    private final Map<Nemesis.Kind, Integer> injected = new EnumMap<>(Nemesis.Kind.class);
    private final Map<Nemesis.Kind, List<Long>> silent = new EnumMap<>(Nemesis.Kind.class);
    private final Map<String, Long> counts = new TreeMap<>();
    private int falseOfflines;
    private int violations;

    FaultReport(long seed) {
        this.seed = seed;
    }

    /** Takes a round in. */
    void add(History history, Collection<Nemesis.Took> times, Collection<Violation> found) {
        times.forEach(time ->
                took.computeIfAbsent(time.kind(), kind -> new ArrayList<>()).add(time.millis()));
        List<Event> events = history.events();
        for (Event event : events) {
            if (event instanceof Event.Harm harm) {
                for (Nemesis.Kind kind : Nemesis.Kind.values()) {
                    if (kind.words().equals(harm.kind())) {
                        injected.merge(kind, 1, Integer::sum);
                        silent.computeIfAbsent(kind, none -> new ArrayList<>()).addAll(silences(events, harm));
                    }
                }
            }
        }
        history.counts().forEach((kind, count) -> counts.merge(kind, count, Long::sum));
        falseOfflines += falseOfflines(events);
        violations += found.size();
    }

    /** For each document the longest time without a write that was applied, from the harm until some seconds after it. */
    private static List<Long> silences(List<Event> events, Event.Harm harm) {
        long to = harm.end() + 5_000_000_000L;
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
    private static int falseOfflines(List<Event> events) {
        int found = 0;
        for (Event event : events) {
            if (event instanceof Event.Closed closed && closed.code() == 4000) {
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

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("\nSeed " + seed + "; milliseconds\n\n");
        text.append("| fault | injected | pens hit | next holder p50 | p99 | max | no write p50 | max |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        for (Nemesis.Kind kind : Nemesis.Kind.values()) {
            List<Long> times = took.getOrDefault(kind, List.of());
            List<Long> silence = silent.getOrDefault(kind, List.of());
            text.append("| %s | %d | %d | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            kind.words(),
                            injected.getOrDefault(kind, 0),
                            times.size(),
                            percentile(times, 0.5),
                            percentile(times, 0.99),
                            percentile(times, 1),
                            percentile(silence, 0.5),
                            percentile(silence, 1)));
        }
        text.append("\nSeen: ").append(counts).append(", closed for silence ").append(falseOfflines);
        text.append("\nViolations: ").append(violations).append('\n');
        return text.toString();
    }
}
