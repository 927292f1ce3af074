package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsLoaderTest {

    private static final JsonObject NONE = new JsonObject();

    @Test
    void aLaterSourceWins() {
        JsonObject file = new JsonObject()
                .put("cluster.name", "file")
                .put("http.port", 1001)
                .put("cluster.minimum", 1)
                .put("store.user", "file");
        JsonObject conf = new JsonObject()
                .put("cluster.name", "conf")
                .put("http.port", 1002)
                .put("cluster.minimum", 2);
        Map<String, String> env = Map.of("BATON_CLUSTER_NAME", "env", "BATON_HTTP_PORT", "1003");
        Map<String, String> props = Map.of("baton.cluster.name", "props");

        Settings settings = SettingsLoader.load(file, conf, env, props);

        assertThat(settings.cluster().name()).isEqualTo("props");
        assertThat(settings.http().port()).isEqualTo(1003);
        assertThat(settings.cluster().minimum()).isEqualTo(2);
        assertThat(settings.store().user()).contains("file");
    }

    @Test
    void aFileMayNestKeysOrWriteThemWithDots() {
        JsonObject nested =
                new JsonObject("{\"http\":{\"port\":1,\"host\":\"::1\"},\"cluster\":{\"node-lease\":\"7s\"}}");
        JsonObject flat = new JsonObject("{\"http.port\":1,\"http.host\":\"::1\",\"cluster.node-lease\":\"7s\"}");

        assertThat(SettingsLoader.load(nested, NONE, Map.of(), Map.of()))
                .isEqualTo(SettingsLoader.load(flat, NONE, Map.of(), Map.of()));
    }

    @Test
    void aListMayBeAJsonListToo() {
        JsonObject list =
                new JsonObject().put("cluster.members", new JsonArray().add("a").add("b:1"));

        assertThat(SettingsLoader.load(list, NONE, Map.of(), Map.of()).cluster().members())
                .isEqualTo(Settings.of(Map.of("cluster.members", "a,b:1"))
                        .cluster()
                        .members());
    }

    @Test
    void oneKeyCannotBeSetTwiceInOnePlace() {
        refuses("{\"http\":{\"port\":1},\"http.port\":2}", "http.port is set twice in conf/config.json");
    }

    @Test
    void anUnknownKeyIsNamedWithTheOneItIsNearest() {
        refuses(
                "{\"http\":{\"prot\":1}}",
                "unknown key \"http.prot\" in conf/config.json; did you mean \"http.port\"?");
        refuses("{\"colour\":\"blue\"}", "unknown key \"colour\" in conf/config.json");
        assertThatThrownBy(() -> SettingsLoader.load(NONE, NONE, Map.of("BATON_CLUSTER_LEASE", "5s"), Map.of()))
                .hasMessage("unknown key \"BATON_CLUSTER_LEASE\" in the environment; did you mean"
                        + " \"BATON_CLUSTER_NAME\"?");
        assertThatThrownBy(() -> SettingsLoader.load(NONE, NONE, Map.of(), Map.of("baton.Http.Port", "1")))
                .hasMessage("unknown key \"baton.Http.Port\" in the system properties; did you mean"
                        + " \"baton.http.port\"?");
    }

    @Test
    void aBadValueIsNamedWithItsSourceAndWhatIsAllowed() {
        refuses(
                "{\"http.port\":65536}",
                "http.port (conf/config.json): \"65536\" is not allowed; allowed: a whole number from 0 to 65535");
        assertThatThrownBy(() -> SettingsLoader.load(NONE, new JsonObject("{\"http.port\":1.5}"), Map.of(), Map.of()))
                .hasMessage("http.port (-conf): \"1.5\" is not allowed; allowed: a whole number from 0 to 65535");
        assertThatThrownBy(() -> SettingsLoader.load(NONE, NONE, Map.of("BATON_SESSION_EXPIRY", "2"), Map.of()))
                .hasMessage(
                        "session.expiry (environment BATON_SESSION_EXPIRY): \"2\" is not allowed; allowed: a duration"
                                + " from 100ms to 24h, written as 250ms, 5s, 2m or 1h");
        assertThatThrownBy(() -> SettingsLoader.load(NONE, NONE, Map.of(), Map.of("baton.limits.message", "1MB")))
                .hasMessage(
                        "limits.message (system property baton.limits.message): \"1MB\" is not allowed; allowed: a size"
                                + " from 1KiB to 64MiB, written as 8KiB, 1MiB or in bytes");
        refuses(
                "{\"auth.mode\":\"oauth\"}",
                "auth.mode (conf/config.json): \"oauth\" is not allowed; allowed: none or jwt");
        refuses(
                "{\"http\":{\"port\":null}}",
                "http.port (conf/config.json): \"null\" is not allowed; allowed: a whole number" + " from 0 to 65535");
        refuses(
                "{\"cluster.node-lease\":\"1999ms\"}",
                "cluster.node-lease (conf/config.json): \"1999ms\" is not allowed;"
                        + " allowed: a duration from 2s to 5m, written as 250ms, 5s, 2m or 1h");
    }

    @Test
    void aBadValueIsFoundEvenWhereALaterSourceReplacesIt() {
        assertThatThrownBy(() -> SettingsLoader.load(
                        new JsonObject("{\"http.port\":\"x\"}"), NONE, Map.of("BATON_HTTP_PORT", "80"), Map.of()))
                .hasMessageStartingWith("http.port (conf/config.json): \"x\"");
    }

    @Test
    void aMessageIsOneLineAndHoldsNoSecret() {
        refuses(
                "{\"auth.jwt-secret\":\"short\"}",
                "auth.jwt-secret (conf/config.json): the value is not allowed; allowed: at least 32 bytes");
        refuses(
                "{\"store.password\":{\"hidden\":1}}",
                "store.password (conf/config.json): the value is not allowed; allowed: text in one line");
        refuses(
                "{\"store.url\":\"mysql://u:hunter2@db\"}",
                "store.url (conf/config.json): \"mysql://u:***@db\" is not allowed; allowed: jdbc:sqlite:PATH or"
                        + " jdbc:postgresql://HOST/DATABASE");
        assertThatThrownBy(() -> Settings.of(Map.of("cluster.name", "a\nb" + "x".repeat(200))))
                .hasMessageContaining("\"a?bxxx")
                .hasMessageContaining("…\"")
                .message()
                .hasLineCount(1);
    }

    @Test
    void whatOnlyLooksLikeOursIsLeftAlone() {
        Map<String, String> env = Map.of(
                "BATON_PORT", "tcp://10.0.0.1:8080",
                "BATON_SERVICE_HOST", "10.0.0.1",
                "BATON_SERVICE_PORT_HTTP", "8080",
                "BATON_PORT_8080_TCP_ADDR", "10.0.0.1",
                "BATON_HTTP_PORT", "tcp://10.0.0.2:80",
                "BATON_HTTP_SERVICE_PORT", "80",
                "BATON_STORE_USER", "",
                "BATONS", "1",
                "PATH", "/bin");
        Map<String, String> props = Map.of("baton.jar", "x", "baton.test.seed", "1", "java.version", "17");

        assertThat(SettingsLoader.load(NONE, NONE, env, props)).isEqualTo(Settings.defaults());
    }

    @Test
    void timeoutsAreAtLeastTwiceTheirIntervals() {
        refuses(
                "{\"heartbeat.timeout\":\"9s\"}",
                "heartbeat.timeout (conf/config.json): 9s must be at least twice heartbeat.interval (default), which is 5s");
        assertThatThrownBy(() ->
                        SettingsLoader.load(NONE, NONE, Map.of("BATON_HEARTBEAT_EDITOR_INTERVAL", "2501ms"), Map.of()))
                .hasMessage("heartbeat.editor-timeout (default): 5s must be at least twice heartbeat.editor-interval"
                        + " (environment BATON_HEARTBEAT_EDITOR_INTERVAL), which is 2501ms");
        assertThat(Settings.of(Map.of("heartbeat.editor-interval", "2500ms"))
                        .heartbeat()
                        .editorTimeout())
                .hasSeconds(5);
    }

    @Test
    void limitsFitIntoEachOther() {
        refuses(
                "{\"limits.message\":\"4KiB\"}",
                "limits.hello-size (default): 8KiB must be at most limits.message (conf/config.json), which is 4KiB");
        refuses(
                "{\"limits.unread\":\"64KiB\"}",
                "limits.message (default): 128KiB must be at most limits.unread (conf/config.json), which is 64KiB");
    }

    @Test
    void onePortIsNotGivenTwice() {
        refuses(
                "{\"management.port\":8080}",
                "management.port (conf/config.json) and http.port (default) are both 8080");
        refuses("{\"http.port\":5701}", "http.port (conf/config.json) and cluster.port (default) are both 5701");
        refuses(
                "{\"http.port\":65535}",
                "management.port must be set when http.port is 65535: the port after it does not" + " exist");
        assertThat(Settings.of(Map.of(
                                "management.host", "10.0.0.1",
                                "management.port", "8080",
                                "management.token", "sixteen-or-more-of-them"))
                        .managementPort())
                .isEqualTo(8080);
        assertThatThrownBy(() -> Settings.of(Map.of(
                        "management.host", "0.0.0.0",
                        "management.port", "8080",
                        "management.token", "sixteen-or-more-of-them")))
                .hasMessageContaining("are both 8080");
    }

    @Test
    void nobodyIsLetInFromOutsideByAccident() {
        refuses(
                "{\"http.host\":\"0.0.0.0\"}",
                "auth.mode must be set when http.host (conf/config.json) is \"0.0.0.0\": others can reach it; allowed: jwt,"
                        + " or none to let anybody in");
        assertThat(Settings.of(Map.of("http.host", "0.0.0.0", "auth.mode", "none"))
                        .http()
                        .host())
                .isEqualTo("0.0.0.0");
        for (String loopback : new String[] {"127.0.0.1", "127.1.2.3", "localhost", "::1"}) {
            assertThat(Settings.of(Map.of("http.host", loopback)).http().host()).isEqualTo(loopback);
        }
    }

    @Test
    void theManagementPortIsNotOpenToOthersWithoutAToken() {
        refuses(
                "{\"management.host\":\"0.0.0.0\"}",
                "management.token must be set when management.host (conf/config.json) is \"0.0.0.0\": others can reach it;"
                        + " set BATON_MANAGEMENT_TOKEN or BATON_MANAGEMENT_TOKEN_FILE");
        assertThat(Settings.of(Map.of("management.host", "::", "management.token", "sixteen-or-more-of-them"))
                        .toString())
                .doesNotContain("sixteen-or-more-of-them");
        assertThat(Settings.of(Map.of("management.host", "localhost"))
                        .management()
                        .token())
                .isEmpty();
    }

    @Test
    void tokensAreCheckedByExactlyOneKey() {
        refuses(
                "{\"auth.mode\":\"jwt\"}",
                "auth.mode (conf/config.json) is jwt, which takes exactly one of auth.jwt-secret, auth.jwt-public-key and"
                        + " auth.jwt-jwks; 0 are set");
        refuses(
                "{\"auth\":{\"mode\":\"jwt\",\"jwt-jwks\":\"keys.json\",\"jwt-public-key\":\"key.pem\"}}",
                "auth.mode (conf/config.json) is jwt, which takes exactly one of auth.jwt-secret, auth.jwt-public-key and"
                        + " auth.jwt-jwks; 2 are set");
    }

    @Test
    void membersComeFromOnePlace() {
        refuses(
                "{\"cluster\":{\"members\":\"a\",\"kubernetes-service\":\"b\"}}",
                "cluster.kubernetes-service (conf/config.json) and cluster.members (conf/config.json) are both set; set the"
                        + " one to join through");
    }

    private static void refuses(String json, String message) {
        assertThatThrownBy(() -> SettingsLoader.load(new JsonObject(json), NONE, Map.of(), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }
}
