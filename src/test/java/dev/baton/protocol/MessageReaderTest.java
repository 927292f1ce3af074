package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each message is read whole; whatever is wrong with one is named, under the {@code ref} of the request. */
class MessageReaderTest {
    private static final MessageReader READER = new MessageReader(64, 1_000);
    private static final Optional<Json> REF = Optional.of(new Json("7"));

    // ---- what can be said -----------------------------------------------------------------------------------------

    @Test
    void helloCarriesTokenUserAndSecret() throws BadMessage {
        assertThat(read("{'type':'hello','ref':7,'token':'t.o.k','user':{'id':'ann','name':'Ann A.'},'resume':'s.x'}"))
                .isEqualTo(new ClientMessage.Hello(
                        REF, Optional.of("t.o.k"), Optional.of(new User("ann", "Ann A.")), Optional.of("s.x")));
    }

    @Test
    void helloMayCarryNothing() throws BadMessage {
        ClientMessage bare =
                new ClientMessage.Hello(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(read("{'type':'hello'}")).isEqualTo(bare);
        assertThat(read("{'type':'hello','ref':null,'token':null,'user':null,'resume':null}"))
                .isEqualTo(bare);
    }

    @Test
    void aUserWithoutANameIsShownByItsId() throws BadMessage {
        ClientMessage.Hello hello = (ClientMessage.Hello) read("{'type':'hello','user':{'id':'ann','name':null}}");
        assertThat(hello.user()).contains(new User("ann", "ann"));
    }

    @Test
    void joinCarriesModeAndWhatWasSeen() throws BadMessage {
        assertThat(read("{'type':'join','ref':7,'document':'a/b','mode':'edit','after':12,'log':'L'}"))
                .isEqualTo(new ClientMessage.Join(REF, "a/b", Mode.EDIT, OptionalLong.of(12), Optional.of("L")));
        assertThat(read("{'type':'join','ref':7,'document':'a/b','mode':'view'}"))
                .isEqualTo(new ClientMessage.Join(REF, "a/b", Mode.VIEW, OptionalLong.empty(), Optional.empty()));
    }

    @Test
    void leaveAndRequestNameTheDocument() throws BadMessage {
        assertThat(read("{'type':'leave','ref':7,'document':'d'}")).isEqualTo(new ClientMessage.Leave(REF, "d"));
        assertThat(read("{'type':'request','ref':7,'document':'d'}")).isEqualTo(new ClientMessage.Request(REF, "d"));
    }

    @Test
    void answerSaysWhomAndWhat() throws BadMessage {
        assertThat(read("{'type':'answer','ref':7,'document':'d','epoch':3,'session':'s','accept':true}"))
                .isEqualTo(new ClientMessage.Answer(REF, "d", 3, "s", true));
        assertThat(read("{'type':'answer','ref':7,'document':'d','epoch':3,'session':'s','accept':false}"))
                .isEqualTo(new ClientMessage.Answer(REF, "d", 3, "s", false));
    }

    @Test
    void releaseMayNameAnHeir() throws BadMessage {
        assertThat(read("{'type':'release','ref':7,'document':'d','epoch':3,'to':'s'}"))
                .isEqualTo(new ClientMessage.Release(REF, "d", 3, Optional.of("s")));
        assertThat(read("{'type':'release','ref':7,'document':'d','epoch':3}"))
                .isEqualTo(new ClientMessage.Release(REF, "d", 3, Optional.empty()));
    }

    @Test
    void updateSnapshotSayAndSignalCarryData() throws BadMessage {
        Json data = new Json("{\"k\": [1, 2]}");
        assertThat(read("{'type':'update','ref':7,'document':'d','epoch':3,'id':'i','data': {'k': [1, 2]} }"))
                .isEqualTo(new ClientMessage.Update(REF, "d", 3, "i", data));
        assertThat(read("{'type':'snapshot','ref':7,'document':'d','epoch':3,'seq':9,'data':{'k': [1, 2]}}"))
                .isEqualTo(new ClientMessage.Snapshot(REF, "d", 3, 9, data));
        assertThat(read("{'type':'say','ref':7,'document':'d','id':'i','data':{'k': [1, 2]}}"))
                .isEqualTo(new ClientMessage.Say(REF, "d", "i", data));
        assertThat(read("{'type':'signal','ref':7,'document':'d','data':{'k': [1, 2]}}"))
                .isEqualTo(new ClientMessage.Signal(REF, "d", data, false));
    }

    @Test
    void aSignalThatIsKeptIsSmall() throws BadMessage {
        MessageReader roomy = new MessageReader(64, 65_536);
        String small = "{\"type\":\"signal\",\"document\":\"d\",\"keep\":true,\"data\":\"" + "x".repeat(4_094) + "\"}";
        assertThat(((ClientMessage.Signal) roomy.read(small)).keep()).isTrue();
        assertThatThrownBy(() -> roomy.read(small.replace("x\"}", "xx\"}")))
                .isInstanceOfSatisfying(
                        BadMessage.class, bad -> assertThat(bad.code()).isEqualTo(ErrorCode.TOO_LARGE))
                .hasMessage("data must not exceed 4096 bytes");
        assertThat(roomy.read(small.replace("x\"}", "xx\"}").replace("true", "false")))
                .isInstanceOf(ClientMessage.Signal.class);
    }

    @Test
    void partsCarryAPieceOfText() throws BadMessage {
        assertThat(read("{'type':'update','ref':7,'document':'d','epoch':3,'id':'i','part':2,'parts':9,'data':'[1,'}"))
                .isEqualTo(new ClientMessage.Part(REF, "d", ClientMessage.Divided.UPDATE, 3, "i", 0, 2, 9, "[1,"));
        assertThat(read("{'type':'snapshot','ref':7,'document':'d','epoch':3,'seq':5,'part':1,'parts':1,'data':''}"))
                .isEqualTo(new ClientMessage.Part(REF, "d", ClientMessage.Divided.SNAPSHOT, 3, "", 5, 1, 1, ""));
    }

    @Test
    void partsThatCannotBeAreNamed() {
        String update = "{'type':'update','document':'d','epoch':3,'id':'i',";
        Map<String, String> faults = Map.of(
                "'part':1,'data':''}", "parts is missing",
                "'parts':2,'data':''}", "part is missing",
                "'part':0,'parts':2,'data':''}", "part must lie between 1 and parts, which is 2",
                "'part':3,'parts':2,'data':''}", "part must lie between 1 and parts, which is 2",
                "'part':1,'parts':4097,'data':''}", "parts must lie between 1 and 4096",
                "'part':1,'parts':2,'data':{}}", "data must be a string");
        faults.forEach((rest, message) ->
                assertThatThrownBy(() -> read(update + rest)).as(rest).hasMessage(message));
    }

    @Test
    void whatWasPutTogetherIsOneJsonValueWithinTheLimits() throws BadMessage {
        MessageReader reader = new MessageReader(64, 100, 100, 200);
        ClientMessage.Part last = new ClientMessage.Part(REF, "d", ClientMessage.Divided.UPDATE, 3, "i", 0, 2, 2, "]");
        assertThat(reader.whole(last, "[1, 2.50]"))
                .isEqualTo(new ClientMessage.Update(REF, "d", 3, "i", new Json("[1, 2.50]")));
        Map<String, String> faults = Map.of(
                "",
                "the data of all parts is empty",
                "[1] [2]",
                "the data of all parts must be one JSON value",
                "[1",
                "the data of all parts is no JSON, at character 2",
                "\"" + "x".repeat(99) + "\"",
                "data must not exceed 100 bytes");
        faults.forEach((text, message) -> assertThatThrownBy(() -> reader.whole(last, text))
                .as(text)
                .isInstanceOfSatisfying(
                        BadMessage.class, bad -> assertThat(bad.ref()).isEqualTo(REF))
                .hasMessage(message));
        String deep = "[".repeat(99) + "]".repeat(99);
        assertThatThrownBy(() -> new MessageReader(64, 1_000).whole(last, "[" + deep + "]"))
                .hasMessageContaining("nested deeper than 99");
        assertThat(new MessageReader(64, 1_000).whole(last, deep)).isInstanceOf(ClientMessage.Update.class);
    }

    @Test
    void pingIsAPing() throws BadMessage {
        assertThat(read("{'type':'ping','ref':7}")).isEqualTo(new ClientMessage.Ping(REF));
    }

    @Test
    void unknownFieldsAreSkipped() throws BadMessage {
        assertThat(read("{'new':{'deep':[{}]},'type':'ping','more':1.5,'ref':7}"))
                .isEqualTo(new ClientMessage.Ping(REF));
    }

    @Test
    void ofAFieldThatComesTwiceTheLastCounts() throws BadMessage {
        assertThat(read("{'type':'ping','ref':1,'type':'leave','document':'x','document':'d','ref':7}"))
                .isEqualTo(new ClientMessage.Leave(REF, "d"));
    }

    // ---- ref ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {"'abc'", "''", "'\\u0041\\n'", "0", "-1", "1.50", "1e400", "123456789012345678901234567890"})
    void aRefComesBackAsItWasWritten(String ref) throws BadMessage {
        assertThat(read("{'type':'ping','ref':" + ref + "}").ref()).contains(new Json(ref.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "{}", "[1]"})
    void aRefOfAnotherKindIsRefusedWithoutOne(String ref) {
        BadMessage bad = bad("{'type':'ping','ref':" + ref + "}");
        assertThat(bad.ref()).isEmpty();
        assertThat(bad).hasMessage("ref must be a string or a number, of at most 200 characters");
    }

    @Test
    void aRefHasALongestLength() throws BadMessage {
        assertThat(read("{'type':'ping','ref':'" + "r".repeat(198) + "'}").ref())
                .isPresent();
        assertThat(bad("{'type':'ping','ref':'" + "r".repeat(199) + "'}")).hasMessageContaining("at most 200");
    }

    @Test
    void anErrorCarriesTheRefWhereverItStands() {
        assertThat(bad("{'ref':'r','type':'nonsense'}").ref()).contains(new Json("\"r\""));
        assertThat(bad("{'type':'join','document':'?','ref':'r'}").ref()).contains(new Json("\"r\""));
        assertThat(bad("{'type':'hello','user':{'id':5,'ref':8},'ref':'r'}").ref())
                .contains(new Json("\"r\""));
        assertThat(bad("{'ref':'r',").ref()).isEmpty();
    }

    // ---- what is wrong, by name -----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what is no message at all
                "``                                  | a message is one JSON object",
                "[]                                  | a message is one JSON object",
                "'hello'                             | a message is one JSON object",
                "12                                  | a message is one JSON object",
                "{'type':'ping'} {}                  | a frame holds one JSON object only",
                "{'type':'ping'} x                   | not JSON, at character",
                "{'type':'ping'                      | not JSON, at character",
                "{'type':'ping',}                    | not JSON, at character",
                "{type:'ping'}                       | not JSON, at character",
                "{'type':'ping','ref':NaN}           | not JSON, at character",
                "{'type':'ping','ref':01}            | not JSON, at character",
                "{'type':'ping','ref':'\\x'}         | not JSON, at character",
                "{'ref':1}                           | type is missing",
                "{'type':null}                       | type is missing",
                "{'type':5}                          | type must be a string",
                "{'type':''}                         | type must not be empty",
                // hello
                "{'type':'hello','token':5}          | token must be a string",
                "{'type':'hello','resume':['s']}     | resume must be a string",
                "{'type':'hello','user':'ann'}       | user must be an object with id and name",
                "{'type':'hello','user':{}}          | user.id is missing",
                "{'type':'hello','user':{'id':5}}    | user.id must be a string",
                "{'type':'hello','user':{'id':''}}   | user.id must have 1 to 255 characters",
                "{'type':'hello','user':{'id':'a','name':7}} | user.name must be a string",
                "{'type':'hello','user':{'id':'a','name':5}}    | user.name must be a string",
                // join
                "{'type':'join','mode':'edit'}       | document is missing",
                "{'type':'join','document':5}        | document must be a string",
                "{'type':'join','document':'d'}      | mode is missing",
                "{'type':'join','document':'d','mode':'write'}             | mode must be edit or view",
                "{'type':'join','document':'d','mode':'view','after':'1'}  | after must be a whole number",
                "{'type':'join','document':'d','mode':'view','after':1.0}  | after must be a whole number",
                "{'type':'join','document':'d','mode':'view','after':-1}   | after must not be negative",
                "{'type':'join','document':'d','mode':'view','log':1}      | log must be a string",
                // the others
                "{'type':'leave'}                    | document is missing",
                "{'type':'request'}                  | document is missing",
                "{'type':'answer','document':'d','session':'s','accept':true}             | epoch is missing",
                "{'type':'answer','document':'d','epoch':1,'accept':true}                 | session is missing",
                "{'type':'answer','document':'d','epoch':1,'session':'','accept':true}    | session must have 1 to 200 characters",
                "{'type':'answer','document':'d','epoch':1,'session':'s'}                 | accept is missing",
                "{'type':'answer','document':'d','epoch':1,'session':'s','accept':'yes'}  | accept must be true or false",
                "{'type':'release','document':'d'}                                        | epoch is missing",
                "{'type':'release','document':'d','epoch':true}                           | epoch must be a whole number",
                "{'type':'release','document':'d','epoch':9223372036854775808}            | epoch must lie between 0 and 2^63-1",
                "{'type':'release','document':'d','epoch':1,'to':2}                       | to must be a string",
                "{'type':'update','document':'d','id':'i','data':1}                       | epoch is missing",
                "{'type':'update','document':'d','epoch':1,'data':1}                      | id is missing",
                "{'type':'update','document':'d','epoch':1,'id':5,'data':1}               | id must be a string",
                "{'type':'update','document':'d','epoch':1,'id':'','data':1}              | id must have 1 to 200 characters",
                "{'type':'update','document':'d','epoch':1,'id':'i'}                      | data is missing",
                "{'type':'snapshot','document':'d','epoch':1,'data':1}                    | seq is missing",
                "{'type':'snapshot','document':'d','epoch':1,'seq':-5,'data':1}           | seq must not be negative",
                "{'type':'snapshot','document':'d','epoch':1,'seq':5}                     | data is missing",
                "{'type':'say','document':'d','data':1}                                   | id is missing",
                "{'type':'say','document':'d','id':'i'}                                   | data is missing",
                "{'type':'signal','document':'d'}                                         | data is missing"
            })
    void whatIsWrongIsNamed(String frame, String words) {
        BadMessage bad = bad(frame);
        assertThat(bad.code()).isEqualTo(ErrorCode.BAD_MESSAGE);
        assertThat(bad.getMessage()).startsWith(words);
    }

    @Test
    void aTypeThatIsNotKnownIsShownCutAndWithoutControlCharacters() {
        BadMessage bad = bad("{'type':'ed\\u0007it'}");
        assertThat(bad.code()).isEqualTo(ErrorCode.UNKNOWN_TYPE);
        assertThat(bad).hasMessage("type 'ed?it' is not known");
        assertThat(bad("{'type':'" + "x".repeat(5_000) + "'}"))
                .hasMessage("type '" + "x".repeat(40) + "…' is not known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "a?b", "a\\\\b", "a\\u0000"})
    void aDocumentThatMayNotBeCalledSoHasAnErrorOfItsOwn(String name) {
        BadMessage bad = bad("{'type':'leave','document':'" + name + "','ref':7}");
        assertThat(bad.code()).isEqualTo(ErrorCode.BAD_DOCUMENT);
        assertThat(bad.ref()).isEqualTo(REF);
        assertThat(bad).hasMessageContaining("1 to 200 characters");
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\u0000b",
                "a\\nb",
                "a\\u007fb",
                "a\\u0085b", // control
                "a\\u202eb",
                "a\\u200eb",
                "a\\ufeffb",
                "a\\u00adb", // format: turns text around, or is not seen
                "a\\u2028b",
                "a\\u2029b", // line and paragraph
                "a\\ud800b",
                "a\\udc00" // halves of a pair
            })
    void namesHoldNothingThatBreaksALineOrHidesText(String name) throws BadMessage {
        assertThat(bad("{'type':'hello','user':{'id':'" + name + "'}}"))
                .hasMessage("user.id must not hold control characters");
        ClientMessage.Hello hello =
                (ClientMessage.Hello) read("{'type':'hello','user':{'id':'x','name':'" + name + "'}}");
        assertThat(hello.user().orElseThrow().name()).isIn("ab", "a b", "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zoë", "王小明", "محمد", "👩‍👩‍👧", "क्‍ष", "O'Neill", "<b>"})
    void namesOfAllScriptsAreWelcome(String name) throws BadMessage {
        ClientMessage.Hello hello =
                (ClientMessage.Hello) READER.read("{\"type\":\"hello\",\"user\":{\"id\":\"" + name + "\"}}");
        assertThat(hello.user()).contains(new User(name, name));
    }

    @Test
    void aNameIsCountedInCharactersAndNotInHalvesOfThem() throws BadMessage {
        String longest = "😀".repeat(255);
        assertThat(read("{'type':'hello','user':{'id':'" + longest + "'}}")).isInstanceOf(ClientMessage.Hello.class);
        assertThat(bad("{'type':'hello','user':{'id':'" + longest + "😀'}}"))
                .hasMessage("user.id must have 1 to 255 characters");
        assertThat(read("{'type':'say','document':'d','id':'" + "😀".repeat(200) + "','data':1}"))
                .isInstanceOf(ClientMessage.Say.class);
        assertThat(bad("{'type':'say','document':'d','id':'" + "😀".repeat(201) + "','data':1}"))
                .hasMessage("id must have 1 to 200 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000", "\\ud800", "a\\udc00b"})
    void anIdThatNoStoreCanKeepIsRefused(String id) {
        BadMessage bad = bad("{'type':'say','ref':7,'document':'d','id':'" + id + "','data':1}");
        assertThat(bad).hasMessage("id must not hold U+0000 or half of a surrogate pair");
        assertThat(bad.ref()).isEqualTo(REF);
    }

    // ---- data and limits ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "123456789012345678901234567890",
                "0.10000000000000000000000000001",
                "-1.0E+400",
                "\"\\ud83d\\ude00\\ud800 \\u0000 \\/ \\\" 😀\"",
                "{\"a\":1,\"a\":2, \"b\" : [ ]}",
                "[[],{},\"]}\",1]"
            })
    void dataIsNeverTouched(String data) throws BadMessage {
        String start = "{\"type\":\"signal\",\"document\":\"d\",\"data\":";
        for (String end : List.of("}", " }", ",\"x\":1}", "\n,\"x\":{}}\n")) {
            assertThat(((ClientMessage.Signal) READER.read(start + data + end)).data())
                    .isEqualTo(new Json(data));
        }
    }

    static Stream<String> withData() {
        return Stream.of(
                "{'type':'update','document':'d','epoch':1,'id':'i','ref':7,'data':",
                "{'type':'say','document':'d','id':'i','ref':7,'data':",
                "{'type':'signal','document':'d','ref':7,'data':");
    }

    @ParameterizedTest
    @MethodSource("withData")
    void dataIsMeasuredInBytesAndOverTheLimitItIsTooLarge(String start) throws BadMessage {
        String euros = "€".repeat(332); // of three bytes each, with two quotes and two letters: 1,000
        assertThat(read(start + "'xx" + euros + "'}").ref()).isEqualTo(REF);
        BadMessage bad = bad(start + "'xxx" + euros + "'}");
        assertThat(bad.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(bad.ref()).isEqualTo(REF);
        assertThat(bad).hasMessage("data must not exceed 1000 bytes");
        assertThat(bad(start + "'" + "😀".repeat(250) + "'}").code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(read(start + "'" + "😀".repeat(249) + "'}").ref()).isEqualTo(REF);
    }

    @Test
    void aSnapshotMayBeAsLargeAsAMessage() throws BadMessage {
        assertThat(read("{'type':'snapshot','document':'d','epoch':1,'seq':1,'data':'" + "x".repeat(100_000) + "'}"))
                .isInstanceOf(ClientMessage.Snapshot.class);
    }

    @ParameterizedTest
    @CsvSource({"99, true", "100, false", "100000, false"})
    void nestingHasABound(int levels, boolean taken) throws BadMessage {
        String frame = "{'type':'signal','document':'d','data':" + "[".repeat(levels) + "]".repeat(levels) + "}";
        MessageReader roomy = new MessageReader(64, 1 << 20);
        if (taken) {
            assertThat(roomy.read(quoted(frame))).isInstanceOf(ClientMessage.Signal.class);
        } else {
            assertThatExceptionOfType(BadMessage.class)
                    .isThrownBy(() -> roomy.read(quoted(frame)))
                    .withMessageContaining("nested deeper than 100");
        }
    }

    @Test
    void aNumberHasALongestLength() throws BadMessage {
        MessageReader roomy = new MessageReader(64, 1 << 20);
        String start = "{\"type\":\"signal\",\"document\":\"d\",\"data\":[";
        assertThat(roomy.read(start + "1".repeat(1_000) + "]}")).isInstanceOf(ClientMessage.Signal.class);
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() -> roomy.read(start + "1".repeat(1_001) + "]}"))
                .withMessageContaining("a number or a name too long");
    }

    // ---- discretion -----------------------------------------------------------------------------------------------

    @Test
    void noTokenSecretOrDataShowsInText() throws BadMessage {
        assertThat(read("{'type':'hello','token':'hush','resume':'hush.hush'}").toString())
                .doesNotContain("hush");
        assertThat(read("{'type':'say','document':'d','id':'i','data':'hush'}").toString())
                .doesNotContain("hush");
        assertThat(read("{'type':'ping','ref':'hush'}").toString()).doesNotContain("hush");
    }

    // ---- pieces ---------------------------------------------------------------------------------------------------

    private static ClientMessage read(String frame) throws BadMessage {
        return READER.read(quoted(frame));
    }

    private static BadMessage bad(String frame) {
        return catchThrowableOfType(BadMessage.class, () -> READER.read(quoted(frame)));
    }

    private static String quoted(String frame) {
        return frame.replace('\'', '"');
    }
}
