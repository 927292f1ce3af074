package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A frame holds the fields that the manual shows, and its examples are what a node says and takes. */
class FramesTest {
    private static final User ANN = new User("ann", "Ann");
    private static final Member ANN_HERE = new Member("s-ann", ANN, Mode.EDIT, 1790000005000L, true);
    private static final Member BEN_HERE = new Member("s-ben", new User("ben", "Ben"), Mode.EDIT, 1790000000000L, true);
    private static final Member CY_HERE = new Member("s-cy", new User("cy", "Cy"), Mode.VIEW, 1790000009000L, true);
    private static final String LOG = "6d1f0c1e-0000-4000-8000-000000000000";
    private static final SeqEntry BY_BEN = Frames.entry(new LogEntry(
            42,
            "update",
            3,
            "s-ben",
            new User("ben", "Ben").toJson(),
            "op-9",
            1790000000000L,
            new Json("{\"insert\":\"x\"}")));
    private static final SeqEntry BY_ANN = Frames.entry(new LogEntry(
            43, "update", 4, "s-ann", ANN.toJson(), "op-10", 1790000011000L, new Json("{\"insert\":\"y\"}")));
    private static final RightsState QUEUED =
            new RightsState("team/notes", 3, Optional.of(BEN_HERE), OptionalLong.empty(), List.of("s-ann"), "joined");

    // ---- the manual -----------------------------------------------------------------------------------------------

    @Test
    void everyAnswerInTheManualIsWhatANodeSays() {
        List<String> said = List.of(
                Frames.welcome(
                        ref(1),
                        "3q2-7wAAAAAAAAAB",
                        "3q2-7wAAAAAAAAAB.c2VjcmV0",
                        false,
                        ANN,
                        "5f1c0de2a3b4",
                        5_000,
                        10_000,
                        new TreeMap<>(Map.of("closed", 3_000L, "timeout", 0L, "node", 3_000L)),
                        new TreeMap<>(Map.of(
                                "message",
                                131_072L,
                                "data",
                                65_536L,
                                "updateData",
                                1_048_576L,
                                "snapshot",
                                16_777_216L,
                                "documents",
                                50L,
                                "rate",
                                200L,
                                "bytes",
                                1_048_576L))),
                Frames.pong(ref(2)),
                Frames.joined(
                        ref(3),
                        new Frames.Content(LOG, 42, true, OptionalLong.empty(), Json.NULL, List.of(BY_BEN)),
                        List.of(BEN_HERE, ANN_HERE),
                        2,
                        QUEUED,
                        "s-ann"),
                Frames.snapshotPart("team/notes", 1, "{\"text\": \"x"),
                Frames.left(ref(4), "team/notes"),
                Frames.presence(
                        "team/notes", List.of(CY_HERE), Map.of("s-dee", "left"), List.of(BEN_HERE.present(false)), 3),
                Frames.rights(
                        Optional.empty(),
                        new RightsState(
                                "team/notes",
                                4,
                                Optional.of(ANN_HERE.present(false)),
                                OptionalLong.of(3_000),
                                List.of("s-ben"),
                                "released"),
                        RightsState.Place.QUEUED,
                        1),
                Frames.requested("team/notes", 4, BEN_HERE, 20_000),
                Frames.removed(ref(13), "team/notes", "s-ben"),
                Frames.applied(ref(8), "team/notes", "op-10", 43),
                Frames.entries("team/notes", List.of(BY_ANN)),
                Frames.fenced(ref(8), "team/notes", Optional.of("op-10"), 5, Optional.of(BEN_HERE)),
                Frames.signal("team/notes", "s-ann", new Json("{\"cursor\":17}")),
                Frames.snapshotWanted("team/notes", 43),
                Frames.applied(ref(10), "team/notes", 43),
                Frames.error(ref(11), ErrorCode.UNAVAILABLE, "the store does not answer", OptionalLong.of(1_000)));
        assertThat(said.stream().map(JsonObject::new)).containsExactlyElementsOf(new ProtocolPage().answered());
    }

    static List<String> asked() {
        return new ProtocolPage().asked();
    }

    @ParameterizedTest
    @MethodSource("asked")
    void everyRequestInTheManualIsTakenWithAllItsFields(String example) throws BadMessage {
        ClientMessage message = new MessageReader(64, 65_536).read(example);
        JsonObject json = new JsonObject(example);
        String type = message instanceof ClientMessage.Part part
                ? part.kind().word()
                : message.getClass().getSimpleName();
        assertThat(type).isEqualToIgnoringCase(json.getString("type"));
        List<String> known = new ArrayList<>(List.of("type"));
        Arrays.stream(message.getClass().getRecordComponents())
                .map(RecordComponent::getName)
                .forEach(known::add);
        assertThat(known).containsAll(json.fieldNames());
    }

    @Test
    void theManualShowsEveryRequest() {
        List<String> types = asked().stream()
                .map(example -> new JsonObject(example).getString("type"))
                .toList();
        assertThat(types)
                .contains(
                        "hello",
                        "join",
                        "leave",
                        "request",
                        "answer",
                        "release",
                        "handover",
                        "remove",
                        "bye",
                        "update",
                        "snapshot",
                        "say",
                        "signal",
                        "ping");
    }

    // ---- what the examples do not show ----------------------------------------------------------------------------

    @Test
    void aRefIsEchoedAsItWasWritten() {
        assertThat(Frames.pong(Optional.of(new Json("1.50e3")))).isEqualTo("{\"type\":\"pong\",\"ref\":1.50e3}");
        assertThat(Frames.left(Optional.of(new Json("\"\\u0041\"")), "d"))
                .isEqualTo("{\"type\":\"left\",\"ref\":\"\\u0041\",\"document\":\"d\"}");
    }

    @Test
    void withoutARefThereIsNone() {
        assertThat(json(Frames.pong(Optional.empty())).fieldNames()).containsExactly("type");
    }

    @Test
    void aSnapshotCarriesItsPlaceAndContent() {
        JsonObject joined = json(Frames.joined(
                Optional.empty(),
                new Frames.Content(LOG, 9, false, OptionalLong.of(9), new Json("{\"text\":\"xy\"}"), List.of()),
                List.of(),
                0,
                QUEUED,
                "s-cy"));
        assertThat(joined.getBoolean("recovered")).isFalse();
        assertThat(joined.getJsonObject("snapshot"))
                .isEqualTo(new JsonObject().put("seq", 9).put("data", new JsonObject().put("text", "xy")));
        assertThat(joined.getJsonArray("entries")).isEmpty();
        assertThat(joined.getJsonObject("rights").getString("you")).isEqualTo("viewer");
    }

    @Test
    void aLargeSnapshotIsAnnouncedByItsParts() {
        JsonObject joined = json(Frames.joined(
                Optional.empty(),
                new Frames.Content(LOG, 9, false, OptionalLong.of(9), Json.NULL, 3, List.of()),
                List.of(),
                0,
                QUEUED,
                "s-cy"));
        assertThat(joined.getJsonObject("snapshot"))
                .isEqualTo(new JsonObject().put("seq", 9).put("parts", 3));
    }

    @Test
    void whatIsKeptIsToldOfThoseWhoCameAndOfNobodyElse() {
        Member kept = CY_HERE.keeping("{\"cursor\":1}");
        JsonObject presence = json(Frames.presence("d", List.of(kept), Map.of(), List.of(kept), 1));
        assertThat(presence.getJsonArray("joined").getJsonObject(0).getJsonObject("kept"))
                .isEqualTo(new JsonObject().put("cursor", 1));
        assertThat(presence.getJsonArray("changed").getJsonObject(0).fieldNames())
                .doesNotContain("kept");
    }

    @Test
    void ofAThousandWhoWaitFiftyAreNamedAndTheOthersCounted() {
        List<String> queue = IntStream.range(0, 1_000).mapToObj(i -> "s-" + i).toList();
        RightsState crowded = new RightsState("d", 3, Optional.of(BEN_HERE), OptionalLong.empty(), queue, "joined");
        JsonObject rights =
                json(Frames.rights(Optional.empty(), crowded, crowded.placeOf("s-700"), crowded.positionOf("s-700")));
        assertThat(rights.getJsonArray("queue")).hasSize(50);
        assertThat(rights.getInteger("waiting")).isEqualTo(1_000);
        assertThat(rights.getInteger("position")).isEqualTo(701);
        assertThat(rights.getString("you")).isEqualTo("queued");
    }

    @Test
    void aFreePenHasNoHolderAndNoTime() {
        JsonObject rights = json(Frames.rights(
                Optional.empty(),
                new RightsState("d", 0, Optional.empty(), OptionalLong.empty(), List.of(), "none"),
                RightsState.Place.VIEWER,
                0));
        assertThat(rights)
                .isEqualTo(new JsonObject()
                        .put("type", "rights")
                        .put("document", "d")
                        .put("epoch", 0)
                        .putNull("holder")
                        .put("state", "free")
                        .put("queue", new JsonArray())
                        .put("waiting", 0)
                        .put("you", "viewer")
                        .put("cause", "none"));
    }

    @Test
    void aFencedSnapshotHasNoIdAndMayHaveNoHolder() {
        JsonObject fenced = json(Frames.fenced(ref(1), "d", Optional.empty(), 5, Optional.empty()));
        assertThat(fenced.fieldNames()).isEqualTo(Set.of("type", "ref", "document", "epoch", "holder"));
        assertThat(fenced.getValue("holder")).isNull();
    }

    @Test
    void anErrorThatTryingAgainWouldNotHelpHasNoRetry() {
        assertThat(json(Frames.error(Optional.empty(), ErrorCode.FORBIDDEN, "no"))
                        .fieldNames())
                .isEqualTo(Set.of("type", "code", "message"));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyErrorHasTheWordOfItsName(ErrorCode code) {
        assertThat(json(Frames.error(Optional.empty(), code, "words")).getString("code"))
                .isEqualTo(code.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @Test
    void anEntryPassesItsDataThroughAsItWas() {
        SeqEntry entry = Frames.entry(new LogEntry(
                9, "message", 2, "s", ANN.toJson(), "i", 5, new Json("{\"n\": 123456789012345678901234567890}")));
        assertThat(entry.seq()).isEqualTo(9);
        assertThat(entry.text().text())
                .isEqualTo("{\"seq\":9,\"kind\":\"message\",\"epoch\":2,\"session\":\"s\","
                        + "\"user\":{\"id\":\"ann\",\"name\":\"Ann\"},\"id\":\"i\",\"at\":5,"
                        + "\"data\":{\"n\": 123456789012345678901234567890}}");
    }

    @Test
    void severalEntriesStandInOrder() {
        JsonArray entries = json(Frames.entries("d", List.of(BY_BEN, BY_ANN))).getJsonArray("entries");
        assertThat(entries.getJsonObject(0).getLong("seq")).isEqualTo(42);
        assertThat(entries.getJsonObject(1).getLong("seq")).isEqualTo(43);
    }

    @Test
    void whatPeopleAreCalledIsEscaped() {
        Member odd = new Member("s", new User("a\"b", "</script>\\"), Mode.VIEW, 1, true);
        JsonObject by = json(Frames.requested("d", 1, odd, 5)).getJsonObject("by");
        assertThat(by.getJsonObject("user"))
                .isEqualTo(new JsonObject().put("id", "a\"b").put("name", "</script>\\"));
    }

    @ParameterizedTest
    @EnumSource(CloseCode.class)
    void everyCloseCodeFitsIntoACloseFrameAndTheManualNamesIt(CloseCode code) throws IOException {
        assertThat(code.code()).isPositive();
        assertThat(code.reason().length()).isBetween(1, 123);
        assertThat(Files.readString(Path.of("src/site/markdown/protocol.md"))).contains("| " + code.code() + " |");
    }

    private static Optional<Json> ref(int number) {
        return Optional.of(new Json(Integer.toString(number)));
    }

    private static JsonObject json(String frame) {
        return new JsonObject(frame);
    }
}
