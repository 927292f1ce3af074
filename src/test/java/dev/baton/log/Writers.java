package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that send one message after the other to their document, each again and again under the same operation id
 * until it is acknowledged, now through one node and now through the other. Keeps what was acknowledged.
 */
final class Writers {
    private final Vertx vertx;
    private final List<DocumentLog> nodes;
    private final int documents;
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean stopped;
    private volatile String wrong = "";

    Writers(Vertx vertx, List<DocumentLog> nodes, int documents, int perDocument) {
        this.vertx = vertx;
        this.nodes = nodes;
        this.documents = documents;
        for (int d = 0; d < documents; d++) {
            for (int w = 0; w < perDocument; w++) {
                running.incrementAndGet();
                send("doc" + d, "writer" + w, 0, d + w);
            }
        }
    }

    private void send(String document, String session, int i, int node) {
        Append append =
                new Append(document, Kind.MESSAGE, 0, session, "{}", "op" + i, "" + i, System.currentTimeMillis());
        nodes.get(node % nodes.size()).append(append).onComplete(result -> {
            if (result.failed()) {
                if (!(result.cause() instanceof LogException)) {
                    wrong = "a failure without a type: " + result.cause();
                }
                failures.incrementAndGet();
                vertx.setTimer(20, timer -> send(document, session, i, node + 1));
                return;
            }
            if (!(result.result() instanceof AppendResult.Applied)) {
                wrong = "a message was answered by " + result.result();
            }
            acknowledged.put(document + " " + session + " op" + i, ((AppendResult.Applied) result.result()).seq());
            if (stopped) {
                running.decrementAndGet();
            } else {
                send(document, session, i + 1, node + 1);
            }
        });
    }

    /** Lets each writer finish what it is at. */
    void stop() {
        stopped = true;
    }

    boolean stopping() {
        return running.get() > 0;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int failures() {
        return failures.get();
    }

    /** Every acknowledged message is in the log once, where it was said to be, and there is no gap. */
    void verify() {
        assertThat(wrong).isEmpty();
        Map<String, Long> stored = new HashMap<>();
        for (int d = 0; d < documents; d++) {
            String document = "doc" + d;
            List<Entry> entries = all(nodes.get(0), document);
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                assertThat(entry.seq()).isEqualTo(i + 1L);
                Long before = stored.put(document + " " + entry.session() + " " + entry.id(), entry.seq());
                assertThat(before).as("twice in the log: " + entry).isNull();
            }
        }
        assertThat(stored).isEqualTo(acknowledged);
    }

    static List<Entry> all(DocumentLog log, String document) {
        List<Entry> entries = new ArrayList<>();
        List<Entry> page;
        do {
            long after = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).seq();
            page = get(log.read(document, after, 1_000));
            entries.addAll(page);
        } while (!page.isEmpty());
        return entries;
    }
}
