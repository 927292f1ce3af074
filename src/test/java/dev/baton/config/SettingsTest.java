package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.config.Settings.AuthMode;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void whoSetsNothingGetsTheDocumentedDefaults() {
        Settings settings = Settings.defaults();

        assertThat(settings.http())
                .isEqualTo(new Settings.Http(
                        "127.0.0.1", 8080, Origins.SAME, Hosts.BOUND, Proxies.NONE, Optional.empty()));
        assertThat(settings.management())
                .isEqualTo(new Settings.Management("127.0.0.1", OptionalInt.empty(), Optional.empty()));
        assertThat(settings.cluster())
                .isEqualTo(new Settings.Cluster(
                        "baton", "127.0.0.1", 5701, 0, List.of(), Optional.empty(), 1, Duration.ofSeconds(5)));
        assertThat(settings.heartbeat())
                .isEqualTo(new Settings.Heartbeat(
                        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(5)));
        assertThat(settings.session().expiry()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.handover())
                .isEqualTo(new Settings.Handover(
                        Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(3), Duration.ofSeconds(20)));
        assertThat(settings.store())
                .isEqualTo(new Settings.Store(
                        "jdbc:sqlite:data/baton.db", Optional.empty(), Optional.empty(), Duration.ofSeconds(30)));
        assertThat(settings.auth().mode()).isEqualTo(AuthMode.NONE);
        assertThat(settings.limits())
                .isEqualTo(new Settings.Limits(
                        128 * 1024,
                        1024 * 1024,
                        16 * 1024 * 1024,
                        8 * 1024,
                        Duration.ofSeconds(10),
                        50,
                        600,
                        OptionalInt.empty(),
                        200,
                        1024 * 1024,
                        100,
                        50_000,
                        OptionalInt.empty(),
                        100,
                        1024 * 1024,
                        64,
                        Duration.ofSeconds(5),
                        8 * 1024));
        assertThat(settings.drain().time()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.log().format()).isEqualTo(Settings.LogFormat.TEXT);
    }

    @Test
    void theManagementPortFollowsTheHttpPortUnlessItIsSet() {
        assertThat(Settings.defaults().managementPort()).isEqualTo(8081);
        assertThat(Settings.of(Map.of("http.port", "9000")).managementPort()).isEqualTo(9001);
        assertThat(Settings.of(Map.of("http.port", "0")).managementPort()).isZero();
        assertThat(Settings.of(Map.of("management.port", "7000")).managementPort())
                .isEqualTo(7000);
        assertThat(Settings.of(Map.of("management.port", "0")).managementPort()).isZero();
    }

    @Test
    void settingsSurviveTheWayThroughJson() {
        Settings settings = Settings.of(Map.ofEntries(
                Map.entry("http.host", "0.0.0.0"),
                Map.entry("http.origins", "https://a.example, same-origin"),
                Map.entry("auth.mode", "jwt"),
                Map.entry("auth.jwt-secret", "0123456789abcdef0123456789abcdef"),
                Map.entry("cluster.members", "one,two:5702,[::1]:5703,fd00::1"),
                Map.entry("store.password", "a b, c"),
                Map.entry("handover.grace-timeout", "1500ms"),
                Map.entry("limits.message", "200000")));

        assertThat(Settings.fromJson(settings.toJson())).isEqualTo(settings);
        assertThat(Settings.fromJson(new JsonObject(settings.toJson().encode())))
                .isEqualTo(settings);
        assertThat(Settings.fromJson(Settings.defaults().toJson())).isEqualTo(Settings.defaults());
    }

    @Test
    void membersMayBeNamesAddressesAndPorts() {
        assertThat(Settings.of(Map.of("cluster.members", "one, two:5702,[::1]:5703,fd00::1"))
                        .cluster()
                        .members())
                .containsExactly(
                        new HostPort("one", OptionalInt.empty()),
                        new HostPort("two", OptionalInt.of(5702)),
                        new HostPort("::1", OptionalInt.of(5703)),
                        new HostPort("fd00::1", OptionalInt.empty()));
    }

    @Test
    void soManySocketsAreAllowedAsTheHeapHolds() {
        Settings.Limits usual = Settings.defaults().limits();
        assertThat(usual.socketsWithin(1L << 30)).isEqualTo(27_000);
        assertThat(usual.socketsWithin(512L << 20)).isEqualTo(13_500);
        assertThat(usual.socketsWithin(16L << 30)).isEqualTo(50_000);
        assertThat(Settings.of(Map.of("limits.sockets", "60000")).limits().socketsWithin(1L << 30))
                .as("an operator knows better, and is warned")
                .isEqualTo(60_000);
    }

    @Test
    void nodesOfOneMachineFindEachOtherByItsAddress() {
        assertThat(Settings.of(Map.of("cluster.host", "::1")).cluster().seeds())
                .containsExactly(new HostPort("::1", OptionalInt.empty()));
        assertThat(Settings.defaults().cluster().seeds())
                .containsExactly(new HostPort("127.0.0.1", OptionalInt.empty()));
    }

    @Test
    void settingsWithAServiceOfKubernetesReadBackAsThemselves() {
        Settings settings = Settings.of(Map.of("cluster.kubernetes-service", "baton-nodes"));

        assertThat(Settings.fromJson(settings.toJson())).isEqualTo(settings);
        assertThat(settings.cluster().seeds()).containsExactly(new HostPort("baton-nodes", OptionalInt.of(5701)));
    }

    @Test
    void noSecretIsEverShown() {
        Settings settings = Settings.of(Map.of(
                "store.url", "jdbc:postgresql://db/baton?user=u&password=hunter2hunter2&ssl=true",
                "store.password", "hunter2hunter2",
                "auth.mode", "jwt",
                "auth.jwt-secret", "hunter2hunter2hunter2hunter2hunter2"));

        assertThat(settings.toString())
                .doesNotContain("hunter2")
                .contains("jdbc:postgresql://db/baton?user=u&password=***&ssl=true");
        assertThat(Kinds.withoutSecrets("jdbc:postgresql://user:hunter2@db/baton"))
                .isEqualTo("jdbc:postgresql://user:***@db/baton");
    }

    @Test
    void onlyThePagesNamedMayOpenASocket() {
        Origins same = Settings.defaults().http().origins();
        assertThat(same.allows("http://127.0.0.1:8080", "127.0.0.1:8080")).isTrue();
        assertThat(same.allows("https://docs.example", "docs.example")).isTrue();
        assertThat(same.allows("https://docs.example", "DOCS.example:443")).isTrue();
        assertThat(same.allows("http://127.0.0.1:8081", "127.0.0.1:8080")).isFalse();
        assertThat(same.allows("https://evil.example", "docs.example")).isFalse();
        assertThat(same.allows("https://docs.example.evil.example", "docs.example"))
                .isFalse();
        assertThat(same.allows("null", "docs.example")).isFalse();
        assertThat(same.allows("null", "null")).isFalse();
        assertThat(same.allows("https://", "")).isFalse();

        Origins listed =
                Settings.of(Map.of("http.origins", "https://A.example")).http().origins();
        assertThat(listed).isEqualTo(new Origins(false, false, Set.of("https://a.example")));
        assertThat(listed.allows("https://a.example", "node:8080")).isTrue();
        assertThat(listed.allows("http://a.example", "node:8080")).isFalse();
        assertThat(listed.allows("http://node:8080", "node:8080")).isFalse();

        assertThat(Settings.of(Map.of("http.origins", "*")).http().origins().allows("null", ""))
                .isTrue();
    }

    @Test
    void anOriginIsWrittenWithoutAPath() {
        for (String bad : List.of("https://a.example/", "a.example", "https://*.example", "https://a.example,", "")) {
            assertThatThrownBy(() -> Settings.of(Map.of("http.origins", bad)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith(
                            "http.origins (conf/config.json): \"" + bad + "\" is not allowed; allowed: ");
        }
    }
}
