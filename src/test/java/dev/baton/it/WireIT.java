package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What documents and editors of every day need of the protocol, said and read frame by frame on two nodes. */
class WireIT {
    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        nodes = Nodes.start(WireIT.class, 2, Map.of());
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    /** A socket, its session and what {@code welcome} said. */
    private record Talker(RawSocket socket, JsonObject welcome) implements AutoCloseable {
        static Talker on(int node, String name) {
            return hello(node, new JsonObject().put("user", new JsonObject().put("id", name)));
        }

        static Talker hello(int node, JsonObject hello) {
            RawSocket socket = RawSocket.open(nodes.get(node));
            socket.text(hello.put("type", "hello").encode());
            return new Talker(socket, socket.json("welcome"));
        }

        String session() {
            return welcome.getString("session");
        }

        void say(String type, JsonObject rest) {
            socket.text(rest.put("type", type).encode());
        }

        JsonObject join(String document, String mode) {
            say("join", new JsonObject().put("document", document).put("mode", mode));
            return socket.json("joined");
        }

        /** Joins a document that nobody has, and waits for its lock. */
        long take(String document) {
            JsonObject rights = join(document, "edit").getJsonObject("rights");
            return rights.getString("you").equals("holder")
                    ? rights.getLong("epoch")
                    : next("rights", told -> told.getString("you").equals("holder"))
                            .getLong("epoch");
        }

        /** The next message of a type of which something is true. */
        JsonObject next(String type, Predicate<JsonObject> wanted) {
            JsonObject message = socket.json(type);
            while (!wanted.test(message)) {
                message = socket.json(type);
            }
            return message;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    // ---- coming and going -----------------------------------------------------------------------------------------

    @Test
    void welcomeTellsHowLongALockWaitsForItsHolder() {
        try (Talker ann = Talker.on(0, "ann")) {
            assertThat(ann.welcome().getJsonObject("grace"))
                    .isEqualTo(new JsonObject()
                            .put("closed", 3_000)
                            .put("node", 3_000)
                            .put("timeout", 0));
        }
    }

    @Test
    void byeEndsTheSessionAndGivesItsLockOnAtOnce() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben")) {
            long epoch = ann.take(document);
            ben.join(document, "edit");
            long start = System.nanoTime();
            ann.say("bye", new JsonObject().put("ref", 1));
            JsonObject moved =
                    ben.next("rights", rights -> rights.getString("you").equals("holder"));
            assertThat((System.nanoTime() - start) / 1_000_000)
                    .as("without the three seconds of a closed socket")
                    .isLessThan(2_000);
            assertThat(moved.getString("cause")).isEqualTo("left");
            assertThat(moved.getLong("epoch")).isGreaterThan(epoch);
            JsonObject gone =
                    ben.next("presence", news -> !news.getJsonArray("left").isEmpty());
            assertThat(gone.getJsonArray("left").getJsonObject(0))
                    .isEqualTo(new JsonObject().put("session", ann.session()).put("cause", "left"));
            assertThat(ann.socket().closeCode()).isEqualTo(1000);
            JsonObject again = new JsonObject()
                    .put("user", new JsonObject().put("id", "ann"))
                    .put("resume", ann.welcome().getString("resume"));
            try (Talker other = Talker.hello(1, again)) {
                assertThat(other.welcome().getBoolean("resumed")).isFalse();
                assertThat(other.session()).isNotEqualTo(ann.session());
            }
        }
    }

    @Test
    void byeCountsAlsoWhenTheSocketBreaksBehindIt() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben")) {
            ann.take(document);
            ben.join(document, "edit");
            ann.say("bye", new JsonObject());
            ann.close();
            JsonObject moved =
                    ben.next("rights", rights -> rights.getString("you").equals("holder"));
            assertThat(moved.getString("cause")).isEqualTo("left");
        }
    }
}
