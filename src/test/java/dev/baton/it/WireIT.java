package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What documents and editors of every day need of the protocol, said and read frame by frame on two nodes. */
class WireIT {
    /** Characters of a large snapshot; {@code -Dbaton.test.snapshot=16} tries another number of mebibytes. */
    private static final int SNAPSHOT = Integer.getInteger("baton.test.snapshot", 4) << 20;

    private static Nodes nodes;
    private static Vertx vertx;

    private final String document = "doc-" + UUID.randomUUID();

    @BeforeAll
    static void startNodes() {
        vertx = Vertx.vertx();
        // A socket here answers pings only while the test reads from it, and no test is about a node that stands still.
        nodes = Nodes.start(
                WireIT.class,
                2,
                Map.of(
                        "BATON_LIMITS_BYTES_PER_SECOND", "8MiB",
                        "BATON_LIMITS_HELLO_TIMEOUT", "1m",
                        "BATON_CLUSTER_NODE_LEASE", "1m",
                        "BATON_HEARTBEAT_TIMEOUT", "2m",
                        "BATON_HEARTBEAT_EDITOR_TIMEOUT", "2m"));
    }

    @AfterAll
    static void stopNodes() {
        try (Nodes end = nodes) {
            Waiting.on(vertx.close());
        }
    }

    /** A socket, its session and what {@code welcome} said. */
    private record Talker(RawSocket socket, JsonObject welcome, List<JsonObject> unread) implements AutoCloseable {
        static Talker on(int node, String name) {
            return hello(node, new JsonObject().put("user", new JsonObject().put("id", name)));
        }

        static Talker hello(int node, JsonObject hello) {
            RawSocket socket = RawSocket.open(nodes.get(node));
            socket.text(hello.put("type", "hello").encode());
            return new Talker(socket, socket.json("welcome"), new ArrayList<>());
        }

        String session() {
            return welcome.getString("session");
        }

        void say(String type, JsonObject rest) {
            socket.text(rest.put("type", type).encode());
        }

        JsonObject join(String document, String mode) {
            say("join", new JsonObject().put("document", document).put("mode", mode));
            return next("joined", joined -> joined.getString("document").equals(document));
        }

        /** Joins a document that nobody has, and waits for its lock. */
        long take(String document) {
            JsonObject rights = join(document, "edit").getJsonObject("rights");
            return rights.getString("you").equals("holder")
                    ? rights.getLong("epoch")
                    : next("rights", told -> told.getString("you").equals("holder"))
                            .getLong("epoch");
        }

        /** The next message of a type of which something is true; those before it can be read afterwards. */
        JsonObject next(String type, Predicate<JsonObject> wanted) {
            Predicate<JsonObject> is = message -> message.getString("type").equals(type) && wanted.test(message);
            Optional<JsonObject> before = unread.stream().filter(is).findFirst();
            if (before.isPresent()) {
                unread.remove(before.get());
                return before.get();
            }
            JsonObject message = socket.json();
            while (!is.test(message)) {
                unread.add(message);
                message = socket.json();
            }
            return message;
        }

        JsonObject next(String type) {
            return next(type, message -> true);
        }

        /** Sends data in parts of so many characters. */
        void sayInParts(String type, JsonObject rest, String data, int piece) {
            int parts = (data.length() + piece - 1) / piece;
            for (int part = 1; part <= parts; part++) {
                say(
                        type,
                        rest.copy()
                                .put("part", part)
                                .put("parts", parts)
                                .put(
                                        "data",
                                        data.substring((part - 1) * piece, Math.min(data.length(), part * piece))));
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private JsonObject update(long epoch, String id) {
        return new JsonObject()
                .put("document", document)
                .put("epoch", epoch)
                .put("id", id)
                .put("ref", id);
    }

    private JsonObject snapshot(long epoch, long seq) {
        return new JsonObject()
                .put("document", document)
                .put("epoch", epoch)
                .put("seq", seq)
                .put("ref", "snapshot");
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    @Test
    void anUpdateInPartsIsOneEntryForAll() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben")) {
            long epoch = ann.take(document);
            ben.join(document, "view");
            String text = "x\u20ac".repeat(200_000);
            String data = new JsonObject().put("text", text).encode();
            ann.sayInParts("update", update(epoch, "op-1"), data, 30_000);
            JsonObject applied = ann.next("applied");
            assertThat(applied.getString("ref")).isEqualTo("op-1");
            JsonObject entries = ben.next("entries", some -> some.getJsonArray("entries").stream()
                    .anyMatch(entry -> ((JsonObject) entry).getString("kind").equals("update")));
            JsonArray all = entries.getJsonArray("entries");
            JsonObject entry = all.getJsonObject(all.size() - 1);
            assertThat(entry.getLong("seq")).isEqualTo(applied.getLong("seq"));
            assertThat(entry.getJsonObject("data").getString("text")).isEqualTo(text);
            try (Talker cy = Talker.on(1, "cy")) {
                JsonArray read = cy.join(document, "view").getJsonArray("entries");
                assertThat(read.getJsonObject(read.size() - 1)).isEqualTo(entry);
            }
            ann.sayInParts("update", update(epoch, "op-1"), data, 40_000);
            assertThat(ann.next("applied").getLong("seq")).as("the same again").isEqualTo(applied.getLong("seq"));
        }
    }

    @Test
    void partsThatCannotBePutTogetherAreAnsweredOnceByName() {
        try (Talker ann = Talker.on(0, "ann")) {
            long epoch = ann.take(document);
            JsonObject first = update(epoch, "op-1").put("parts", 4);
            ann.say("update", first.copy().put("part", 1).put("data", "[1"));
            ann.say("update", first.copy().put("part", 3).put("data", ",3"));
            ann.say("update", first.copy().put("part", 4).put("data", "]"));
            JsonObject error = ann.next("error");
            assertThat(error.getString("code")).isEqualTo("bad-message");
            assertThat(error.getString("message")).contains("part 3 of update 'op-1' came where part 2 is due");
            ann.sayInParts("update", update(epoch, "op-2"), "[1", 1);
            assertThat(ann.next("error").getString("message"))
                    .isEqualTo("the data of all parts is no JSON, at character 2");
            ann.sayInParts("update", update(epoch, "op-3"), "\"" + "x".repeat(1 << 20) + "\"", 100_000);
            JsonObject large = ann.next("error");
            assertThat(large.getString("code")).isEqualTo("too-large");
            assertThat(large.getString("ref")).isEqualTo("op-3");
            ann.sayInParts("update", update(epoch, "op-4"), "[4]", 1);
            assertThat(ann.next("applied").getString("id")).isEqualTo("op-4");
            assertThat(ann.unread())
                    .noneMatch(message -> message.getString("type").equals("error"));
        }
    }

    @Test
    void whoDoesNotHoldTheLockIsFencedByItsFirstPart() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben")) {
            long epoch = ann.take(document);
            ben.join(document, "edit");
            ben.sayInParts("update", update(epoch, "op-1"), "[1,2]", 2);
            JsonObject fenced = ben.next("fenced");
            assertThat(fenced.getString("id")).isEqualTo("op-1");
            assertThat(fenced.getJsonObject("holder").getString("session")).isEqualTo(ann.session());
            ben.say("ping", new JsonObject());
            ben.next("pong");
            assertThat(ben.unread())
                    .noneMatch(message -> message.getString("type").equals("fenced"));
        }
    }

    @Test
    void aSnapshotOfManyMessagesIsStoredAndReachesWhoReadsSlowly() {
        try (Talker ann = Talker.on(0, "ann")) {
            long epoch = ann.take(document);
            ann.say("update", update(epoch, "op-1").put("data", 1));
            long seq = ann.next("applied").getLong("seq");
            String data = "[\"" + "quoted, and \u20ac; ".repeat(SNAPSHOT / 20) + "\"]";
            ann.sayInParts("snapshot", snapshot(epoch, seq), data, 40_000);
            assertThat(ann.next("applied").getString("ref")).isEqualTo("snapshot");
            try (Talker ben = Talker.on(1, "ben")) {
                ben.say("join", new JsonObject().put("document", document).put("mode", "view"));
                // What ben has not read by now is many times what may be unread, and it is told of this too.
                for (int i = 2; i < 6; i++) {
                    ann.say("update", update(epoch, "op-" + i).put("data", i));
                    ann.next("applied");
                }
                JsonObject joined = ben.next("joined");
                assertThat(content(ben, joined.getJsonObject("snapshot"), seq)).isEqualTo(data);
                JsonArray entries = joined.getJsonArray("entries").copy();
                while (entries.size() < 4) {
                    entries.addAll(ben.next("entries").getJsonArray("entries"));
                }
                assertThat(entries.stream().map(entry -> ((JsonObject) entry).getValue("data")))
                        .containsExactly(2, 3, 4, 5);
            }
        }
    }

    private static String content(Talker talker, JsonObject snapshot, long seq) {
        assertThat(snapshot.getLong("seq")).isEqualTo(seq);
        StringBuilder all = new StringBuilder();
        for (int part = 1; part <= snapshot.getInteger("parts"); part++) {
            JsonObject piece = talker.next("snapshot-part");
            assertThat(piece.getInteger("part")).isEqualTo(part);
            all.append(piece.getString("data"));
        }
        return all.toString();
    }

    // ---- signals --------------------------------------------------------------------------------------------------

    @Test
    void ofAFloodOfSignalsTheLastOneArrivesAndNothingIsRefused() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben")) {
            ann.join(document, "view");
            ben.join(document, "view");
            int last = 3_000;
            for (int i = 1; i <= last; i++) {
                ann.say("signal", new JsonObject().put("document", document).put("data", i));
            }
            ann.say("ping", new JsonObject());
            ann.next("pong");
            ben.next("signal", signal -> signal.getInteger("data") == last);
            assertThat(ben.unread()).hasSizeBetween(100, 1_500);
            assertThat(ann.unread())
                    .noneMatch(message -> message.getString("type").equals("error"));
        }
    }

    @Test
    void aSignalThatIsKeptIsToldToNewcomersOnAnyNodeUntilTheMemberLeaves() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben");
                Talker cy = Talker.on(1, "cy");
                Talker dee = Talker.on(0, "dee")) {
            ann.join(document, "view");
            ben.join(document, "view");
            JsonObject keep = new JsonObject().put("document", document).put("keep", true);
            ann.say("signal", keep.copy().put("data", new JsonObject().put("color", "#1a7")));
            JsonObject signal = ben.next("signal");
            assertThat(signal.getString("session")).isEqualTo(ann.session());
            assertThat(signal.getJsonObject("data").getString("color")).isEqualTo("#1a7");
            assertThat(kept(cy.join(document, "view"), ann)).isEqualTo(new JsonObject().put("color", "#1a7"));
            assertThat(kept(dee.join(document, "view"), ann)).isEqualTo(new JsonObject().put("color", "#1a7"));
            ann.say("signal", keep.copy().put("ref", 1).put("data", "x".repeat(5_000)));
            assertThat(ann.next("error").getString("code")).isEqualTo("too-large");
            ann.say("leave", new JsonObject().put("document", document));
            ann.next("left");
            assertThat(kept(ann.join(document, "view"), ann)).isNull();
        }
    }

    private static Object kept(JsonObject joined, Talker member) {
        return joined.getJsonArray("members").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("session").equals(member.session()))
                .map(each -> each.getValue("kept"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    // ---- the queue ------------------------------------------------------------------------------------------------

    @Test
    void whoWaitsIsToldItsOwnPlace() {
        try (Talker ann = Talker.on(0, "ann");
                Talker ben = Talker.on(1, "ben");
                Talker cy = Talker.on(0, "cy")) {
            long epoch = ann.take(document);
            assertThat(ben.join(document, "edit").getJsonObject("rights").getInteger("position"))
                    .isEqualTo(1);
            JsonObject second = cy.join(document, "edit").getJsonObject("rights");
            assertThat(second.getInteger("position")).isEqualTo(2);
            assertThat(second.getInteger("waiting")).isEqualTo(2);
            ann.say("release", new JsonObject().put("document", document).put("epoch", epoch));
            JsonObject moved = cy.next("rights", rights -> rights.getInteger("position", 0) == 1);
            assertThat(moved.getInteger("waiting")).isEqualTo(1);
            assertThat(moved.getJsonArray("queue")).containsExactly(cy.session());
            JsonObject holder =
                    ben.next("rights", rights -> rights.getString("you").equals("holder"));
            assertThat(holder.fieldNames()).doesNotContain("position");
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
