package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Outcome;
import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who joins again and again, while others write through another node, is told each entry once and leaves none out. */
class RejoinIT {
    private static final int WRITERS = 8;
    private static final int READERS = 6;
    private static final Duration WHILE = Duration.ofSeconds(3);

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "rejoin/" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(
                RejoinIT.class,
                2,
                Map.of("BATON_LIMITS_MESSAGES_PER_SECOND", "100000", "BATON_LIMITS_BYTES_PER_SECOND", "100MiB"));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    /** What one connection is told of the document, frame by frame. Any thread. */
    private final class Reader {
        private final List<String> wrong = new ArrayList<>();
        private final BatonClient client;
        private String log = "";
        private long last;
        private int joins;
        private boolean on = true;

        Reader(String name) {
            client = Waiting.on(BatonClient.connect(
                    vertx,
                    ClientOptions.to(nodes.get(1).uri())
                            .withUser(name, name)
                            .withFrames(text -> told(new JsonObject(text)))));
        }

        private synchronized void told(JsonObject frame) {
            switch (frame.getString("type")) {
                case "joined" -> {
                    log = frame.getString("log");
                    joins++;
                    last = frame.getBoolean("recovered") ? last(frame) : 0;
                    read(frame.getJsonArray("entries"));
                }
                case "entries" -> read(frame.getJsonArray("entries"));
                default -> {}
            }
        }

        /** Where the entries of an answer to a join begin: it may answer an earlier question than the last. */
        private long last(JsonObject joined) {
            JsonArray entries = joined.getJsonArray("entries");
            return entries.isEmpty()
                    ? joined.getLong("seq")
                    : entries.getJsonObject(0).getLong("seq") - 1;
        }

        private void read(JsonArray entries) {
            for (int i = 0; i < entries.size(); i++) {
                long seq = entries.getJsonObject(i).getLong("seq");
                if (seq != last + 1) {
                    wrong.add(seq + " after " + last + ", join " + joins);
                }
                last = seq;
            }
        }

        /** Two joins in one go, and again when both are answered. */
        synchronized void keepJoining() {
            if (on) {
                join();
                join().onComplete(answered -> keepJoining());
            }
        }

        private Future<Joined> join() {
            return log.isEmpty() ? client.join(document, Mode.VIEW) : client.join(document, Mode.VIEW, last, log);
        }

        synchronized void stop() {
            on = false;
        }

        synchronized long last() {
            return last;
        }
    }

    /** Says one thing after another; the last seq that was answered is the document's head or close to it. */
    private static final class Sayer {
        private final Person person;
        private final String document;
        private int said;
        private long seq;
        private boolean on = true;

        Sayer(String name, String document) {
            this.person = Person.on(vertx, nodes.get(0), name);
            this.document = document;
            person.view(document);
        }

        synchronized void keepSaying() {
            if (on) {
                said++;
                person.client()
                        .say(document, "m" + said, new JsonObject().put("n", said))
                        .onSuccess(this::answered);
            }
        }

        private synchronized void answered(Outcome outcome) {
            seq = ((Outcome.Applied) outcome).seq();
            keepSaying();
        }

        synchronized void stop() {
            on = false;
        }

        synchronized long seq() {
            return seq;
        }
    }

    @Test
    void joinsThatFollowEachOtherOnOneConnectionTellNothingTwiceAndLeaveNothingOut() {
        List<Sayer> sayers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            sayers.add(new Sayer("sayer" + i, document));
        }
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(new Reader("reader" + i));
        }
        long end = System.nanoTime() + WHILE.toNanos();
        sayers.forEach(Sayer::keepSaying);
        readers.forEach(Reader::keepJoining);
        await().atMost(WHILE.plus(SOON)).until(() -> System.nanoTime() > end);
        readers.forEach(Reader::stop);
        sayers.forEach(Sayer::stop);

        long head = sayers.stream().mapToLong(Sayer::seq).max().orElseThrow();
        assertThat(head).as("what was said").isGreaterThan(100);
        for (Reader reader : readers) {
            await().atMost(SOON).until(() -> reader.last() >= head);
            synchronized (reader) {
                assertThat(reader.joins).as("joins").isGreaterThan(10);
                assertThat(reader.wrong).isEmpty();
            }
        }
    }
}
