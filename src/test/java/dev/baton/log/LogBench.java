package dev.baton.log;

import static dev.baton.log.Futures.all;
import static dev.baton.log.Futures.get;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures the log on both stores, durably and from one node: every document has one holder that sends its next update
 * when the last is acknowledged.
 * {@code main [seconds per run] [numbers of documents, with commas] [postgresql|sqlite]}; prints acknowledged updates a
 * second and how long each took.
 */
public final class LogBench {
    private static final String DOCUMENTS = "1,50,200,500";
    private static final String DATA = "{\"steps\":[\"" + "x".repeat(180) + "\"]}";
    private static final int WARM_UP_SECONDS = 3;

    private LogBench() {}

    /** Runs all. */
    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int[] documents = Arrays.stream((args.length > 1 ? args[1] : DOCUMENTS).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        String only = args.length > 2 ? args[2] : "";
        Vertx vertx = Vertx.vertx();
        Path folder = Files.createTempDirectory("baton-bench");
        try (Postgres postgres = new Postgres(folder.resolve("postgres"))) {
            if (!only.equals("sqlite")) {
                measure(vertx, "postgresql", postgres.settings(), documents, seconds);
            }
            LogSettings sqlite =
                    LogSettings.of("jdbc:sqlite:" + folder.resolve("baton.db"), Optional.empty(), Optional.empty());
            if (!only.equals("postgresql")) {
                measure(vertx, "sqlite", sqlite, documents, seconds);
            }
        } finally {
            get(vertx.close());
            delete(folder);
        }
    }

    private static void measure(Vertx vertx, String name, LogSettings settings, int[] counts, int seconds) {
        DocumentLog log = get(DocumentLogs.open(vertx, settings));
        for (int documents : counts) {
            new Run(vertx, log, documents, WARM_UP_SECONDS).print("");
            new Run(vertx, log, documents, seconds).print(name);
        }
        handOver(log, name);
        longDocument(log, name);
        get(log.close());
    }

    /** One after the other: what a hand-over waits for the store. */
    private static void handOver(DocumentLog log, String name) {
        long[] nanos = new long[500];
        for (int i = 0; i < nanos.length; i++) {
            long begun = System.nanoTime();
            get(log.claim(new Claim("handed/over", i, new Tenant("s" + i, "{}", ""), "bench", 0)));
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-10s claim: p50 %.2f ms, p99 %.2f ms%n",
                name, nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
    }

    private static void longDocument(DocumentLog log, String name) {
        String document = "long/document";
        get(log.claim(new Claim(document, 0, new Tenant("holder", "{}", ""), "bench", 0)));
        for (int i = 0; i < 100; i++) {
            List<Future<AppendResult>> appends = new ArrayList<>();
            for (int j = 0; j < 1_000; j++) {
                appends.add(
                        log.append(new Append(document, Kind.UPDATE, 1, "holder", "{}", "op" + i + "-" + j, DATA, 0)));
            }
            all(appends);
        }
        String content = "\"" + "y".repeat(1 << 20) + "\"";
        get(log.snapshot(new Snapshot(document, 1, "holder", 99_900, content, 0)));
        long[] nanos = new long[50];
        for (int i = 0; i < nanos.length; i++) {
            long begun = System.nanoTime();
            get(log.open(document, OptionalLong.empty(), Optional.empty()));
            nanos[i] = System.nanoTime() - begun;
        }
        System.out.printf("%-10s open with 100,000 entries behind: first %.1f ms", name, nanos[0] / 1e6);
        Arrays.sort(nanos);
        System.out.printf(", p50 %.1f ms, worst %.1f ms%n", nanos[nanos.length / 2] / 1e6, nanos[49] / 1e6);
    }

    /** One closed loop a document. */
    private static final class Run {
        private static final AtomicInteger NUMBER = new AtomicInteger();

        private final DocumentLog log;
        private final int documents;
        private final int number = NUMBER.incrementAndGet();
        private final long begun = System.nanoTime();
        private final long end;
        private final List<List<Long>> nanos = new ArrayList<>();
        private final CountDownLatch left;
        private final long commits;
        private final long took;

        Run(Vertx vertx, DocumentLog log, int documents, int seconds) {
            this.log = log;
            this.documents = documents;
            this.end = begun + seconds * 1_000_000_000L;
            this.left = new CountDownLatch(documents);
            long before = log.stats().commits();
            for (int d = 0; d < documents; d++) {
                List<Long> own = new ArrayList<>();
                nanos.add(own);
                String document = "bench/" + number + "/" + d;
                var context = ((io.vertx.core.internal.VertxInternal) vertx).createEventLoopContext();
                context.runOnContext(
                        nothing -> log.claim(new Claim(document, 0, new Tenant("holder", "{}", ""), "bench", 0))
                                .onComplete(granted -> next(document, 0, own)));
            }
            try {
                left.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            this.took = System.nanoTime() - begun;
            this.commits = log.stats().commits() - before;
        }

        private void next(String document, int i, List<Long> own) {
            long sent = System.nanoTime();
            if (sent > end) {
                left.countDown();
                return;
            }
            log.append(new Append(document, Kind.UPDATE, 1, "holder", "{\"id\":\"1\"}", "op" + i, DATA, 0))
                    .onComplete(applied -> {
                        if (!(applied.result() instanceof AppendResult.Applied)) {
                            System.out.println("not applied, so this run is worth nothing: " + applied);
                            left.countDown();
                            return;
                        }
                        own.add(System.nanoTime() - sent);
                        next(document, i + 1, own);
                    });
        }

        void print(String name) {
            if (name.isEmpty()) {
                return;
            }
            long[] sorted = nanos.stream()
                    .flatMap(List::stream)
                    .mapToLong(Long::longValue)
                    .sorted()
                    .toArray();
            System.out.printf(
                    "%-10s %4d documents: %7.0f acknowledged/s, p50 %.2f ms, p99 %.2f ms, worst %.1f ms, %.1f a commit%n",
                    name,
                    documents,
                    sorted.length / (took / 1e9),
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    sorted[sorted.length - 1] / 1e6,
                    (double) sorted.length / commits);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
