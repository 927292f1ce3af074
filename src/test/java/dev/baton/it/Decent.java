package dev.baton.it;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/**
 * Somebody who behaves: is in one document and, when it has the pen, writes and notes how long that took; otherwise
 * reads and notes how long that took to come from the writer, who is in the same JVM. Any thread.
 */
final class Decent {
    private static final String WRITTEN = "at";

    private final String document;
    private final BatonClient client;
    private volatile OptionalLong epoch = OptionalLong.empty();
    private final AtomicReference<Queue<Long>> read = new AtomicReference<>(new ConcurrentLinkedQueue<>());
    private int sent;

    private Decent(String document, BatonClient client) {
        this.document = document;
        this.client = client;
        client.events(event -> {
            if (event instanceof NodeEvent.RightsChanged changed) {
                stands(changed.rights());
            } else if (event instanceof NodeEvent.Entries entries && !holds()) {
                entries.entries().forEach(this::reads);
            }
        });
    }

    /** Connects, and joins. */
    static Future<Decent> in(Vertx vertx, ClientOptions options, String document, Mode mode) {
        return BatonClient.connect(vertx, options).compose(client -> {
            Decent one = new Decent(document, client);
            return client.join(document, mode).map(joined -> one.after(joined));
        });
    }

    private Decent after(Joined joined) {
        stands(joined.rights());
        return this;
    }

    private void stands(Rights rights) {
        if (rights.you() == Rights.Place.HOLDER) {
            epoch = OptionalLong.of(rights.epoch());
        }
    }

    private void reads(Entry entry) {
        if (entry.data() instanceof JsonObject data && data.containsKey(WRITTEN)) {
            read.get().add((System.nanoTime() - data.getLong(WRITTEN)) / 1_000);
        }
    }

    /** How many updates it has read since {@link #takeRead}. */
    int read() {
        return read.get().size();
    }

    /** For each update that it has read since the last call, the microseconds from when it was written. */
    Queue<Long> takeRead() {
        return read.getAndSet(new ConcurrentLinkedQueue<>());
    }

    /** Whether it has the pen. */
    boolean holds() {
        return epoch.isPresent();
    }

    /** Whether it is connected, and has been all the time. */
    boolean isOpen() {
        return client.isOpen();
    }

    /** What its session can be taken up with. */
    String secret() {
        return client.welcome().resume();
    }

    String document() {
        return document;
    }

    /**
     * Writes.
     *
     * @param took is told the microseconds until the update was acknowledged
     * @param other is run when it came to anything else
     */
    void write(LongConsumer took, Runnable other) {
        String id = "u-" + sent++;
        long start = System.nanoTime();
        client.update(
                        document,
                        epoch.orElseThrow(),
                        id,
                        new JsonObject().put(WRITTEN, start).put("x", "x".repeat(200)))
                .onComplete(done -> {
                    if (done.succeeded() && done.result() instanceof Outcome.Applied) {
                        took.accept((System.nanoTime() - start) / 1_000);
                    } else {
                        other.run();
                    }
                });
    }

    Future<Void> close() {
        return client.close();
    }
}
