package dev.baton.it;

import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how long a pen takes from its holder on one node to the next on another, commit included: released, and with
 * the holder's connection cut and nothing reserved. Two nodes from the jar in JVMs of their own, each store after the
 * other. {@code main [rounds]}, of
 * releases; as many again warm up.
 */
public final class HandOverBench {
    /**
     * Each leaves a session behind that can still be resumed, so a member: a room of thousands is another measurement.
     */
    private static final int CUTS = 250;

    private static final Pattern PHASE = Pattern.compile(
            "baton_handover_phase_seconds_(sum|count|bucket)\\{phase=\"(\\w+)\"(?:,le=\"(\\S+)\")?,?} (\\S+)");

    private HandOverBench() {}

    /** Runs all. */
    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        measure("sqlite", Map.of(), rounds);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start()) {
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres?sslmode=disable";
            measure("postgresql", Map.of("BATON_STORE_URL", url, "BATON_STORE_USER", "postgres"), rounds);
        }
    }

    private static void measure(String store, Map<String, String> more, int rounds) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("BATON_HANDOVER_GRACE_CLOSED", "0s");
        // Two who do nothing else come to more than a session may send in a second.
        settings.put("BATON_LIMITS_MESSAGES_PER_SECOND", "10000");
        Vertx vertx = Vertx.vertx();
        try (Nodes nodes = Nodes.start(HandOverBench.class, 2, settings)) {
            release(vertx, nodes, rounds);
            cut(vertx, nodes, CUTS);
            Map<String, Double> before = phases(nodes);
            print(store, "released", release(vertx, nodes, rounds));
            print(store, before, phases(nodes));
            print(store, "connection cut", cut(vertx, nodes, CUTS));
        } finally {
            Waiting.on(vertx.close());
        }
    }

    /** Two who give the pen to each other. */
    private static long[] release(Vertx vertx, Nodes nodes, int rounds) {
        String document = "bench/" + UUID.randomUUID();
        Person holder = Person.on(vertx, nodes.get(0), "ann");
        Person next = Person.on(vertx, nodes.get(1), "bob");
        long epoch = holder.take(document);
        next.edit(document);
        long[] micros = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long former = epoch;
            long start = System.nanoTime();
            holder.client().release(document, former);
            Person.Told told = next.penAfter(document, former);
            micros[i] = (told.nanos() - start) / 1_000;
            epoch = told.rights().epoch();
            Rights queued = Waiting.on(holder.client().request(document));
            if (queued.you() != Rights.Place.QUEUED) {
                throw new IllegalStateException("not in line: " + queued);
            }
            Person former2 = holder;
            holder = next;
            next = former2;
        }
        holder.client().abort();
        next.client().abort();
        return micros;
    }

    private static long[] cut(Vertx vertx, Nodes nodes, int rounds) {
        String document = "bench/" + UUID.randomUUID();
        Person holder = Person.on(vertx, nodes.get(0), "p0");
        long epoch = holder.take(document);
        long[] micros = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            Person next = Person.on(vertx, nodes.get((i + 1) % 2), "p" + (i + 1));
            next.edit(document);
            long start = System.nanoTime();
            holder.client().abort();
            Person.Told told = next.penAfter(document, epoch);
            micros[i] = (told.nanos() - start) / 1_000;
            epoch = told.rights().epoch();
            holder = next;
        }
        holder.client().abort();
        return micros;
    }

    /**
     * Of the parts of hand-overs, how many there were, their seconds in all, and how many in each bucket, as both nodes
     * count them.
     */
    private static Map<String, Double> phases(Nodes nodes) {
        Map<String, Double> phases = new TreeMap<>();
        for (int node = 0; node < 2; node++) {
            Matcher line = PHASE.matcher(nodes.get(node).page("/metrics"));
            while (line.find()) {
                String bound = Optional.ofNullable(line.group(3)).orElse("");
                phases.merge(line.group(1) + line.group(2) + bound, Double.parseDouble(line.group(4)), Double::sum);
            }
        }
        return phases;
    }

    private static void print(String store, Map<String, Double> before, Map<String, Double> after) {
        for (String phase : List.of("decision", "claim", "delivery")) {
            double seconds = after.get("sum" + phase) - before.get("sum" + phase);
            double count = after.get("count" + phase) - before.get("count" + phase);
            String buckets = "bucket" + phase;
            double longest = after.keySet().stream()
                    .filter(key -> key.startsWith(buckets))
                    .filter(key -> after.get(key) - before.get(key) == count)
                    .mapToDouble(key ->
                            Double.parseDouble(key.substring(buckets.length()).replace("+Inf", "Infinity")))
                    .min()
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "%-10s   of these, %s: mean %.2f ms, none over %.0f ms%n",
                    store,
                    phase,
                    seconds / count * 1e3,
                    longest * 1e3);
        }
    }

    private static void print(String store, String cause, long[] micros) {
        Arrays.sort(micros);
        System.out.printf(
                Locale.ROOT,
                "%-10s %-15s next holder on another node: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms (%d)%n",
                store,
                cause,
                micros[micros.length / 2] / 1e3,
                micros[micros.length * 9 / 10] / 1e3,
                micros[micros.length * 99 / 100] / 1e3,
                micros[micros.length - 1] / 1e3,
                micros.length);
    }
}
