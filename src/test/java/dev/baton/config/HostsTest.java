package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names a node answers to. */
class HostsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "127.0.0.1",
                "127.9.8.7:1",
                "localhost",
                "LOCALHOST:8080",
                "localhost.:8080",
                "app.localhost:8080",
                "[::1]:8080",
                "[::1]",
                "10.1.2.3:8080",
                "node-1.internal"
            })
    void loopbackNamesAndTheBoundAddressAreAlwaysAnswered(String host) {
        for (Hosts hosts : List.of(Hosts.BOUND, new Hosts(false, Set.of("app.example")), new Hosts(true, Set.of()))) {
            String bound = host.startsWith("node") ? "node-1.internal" : "10.1.2.3";
            assertThat(hosts.answers(host, bound)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "127.0.0.1@evil.example",
                "127.evil.example",
                "notlocalhost",
                "192.0.2.1:8080",
                "[2001:db8::1]",
                "",
                " ",
                ":8080",
                "127.0.0.1:port",
                "a b"
            })
    void noOtherNameIsAnswered(String host) {
        assertThat(Hosts.BOUND.answers(host, "127.0.0.1")).isFalse();
        assertThat(new Hosts(false, Set.of("app.example")).answers(host, "127.0.0.1"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]"})
    void anyAddressMayLeadToANodeThatIsBoundToAllOfThemAndNoNameDoes(String bound) {
        assertThat(Hosts.BOUND.answers("192.0.2.1:8080", bound)).isTrue();
        assertThat(Hosts.BOUND.answers("[2001:db8::1]:8080", bound)).isTrue();
        assertThat(Hosts.BOUND.answers("evil.example", bound)).isFalse();
    }

    @Test
    void namesThatAreSetAreAnsweredAtAnyPort() {
        Hosts hosts = Settings.of(Map.of("http.hosts", "App.example, docs.example.,[2001:db8::1]"))
                .http()
                .hosts();
        assertThat(hosts).isEqualTo(new Hosts(false, Set.of("app.example", "docs.example", "2001:db8::1")));
        assertThat(List.of("app.example", "APP.example:443", "docs.example:8080", "[2001:db8::1]:1"))
                .allMatch(host -> hosts.answers(host, "127.0.0.1"));
        assertThat(hosts.answers("sub.app.example", "127.0.0.1")).isFalse();
        assertThat(Settings.of(Map.of("http.hosts", "*")).http().hosts().answers("anything.example", "127.0.0.1"))
                .isTrue();
        assertThat(Settings.of(Map.of("http.hosts", "bound")).http().hosts()).isEqualTo(Hosts.BOUND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://app.example",
                "app.example:8080",
                "ab.cd:80",
                "app.example,",
                "*.example",
                "app.example/x"
            })
    void aNameIsWrittenWithoutSchemePortOrPath(String bad) {
        assertThatThrownBy(() -> Settings.of(Map.of("http.hosts", bad)))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("http.hosts (conf/config.json): \"" + bad + "\" is not allowed; allowed: ");
    }
}
