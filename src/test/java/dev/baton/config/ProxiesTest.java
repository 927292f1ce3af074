package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose word is believed about where a client is. */
class ProxiesTest {
    private final Proxies proxies =
            Proxies.parse("10.0.0.0/8, 192.0.2.7, fd00::/8").orElseThrow();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9 | 198.51.100.1                        | 203.0.113.9",
                "10.1.2.3    | 198.51.100.1                        | 198.51.100.1",
                "10.1.2.3    | 198.51.100.1, 10.9.9.9              | 198.51.100.1",
                "10.1.2.3    | 1.2.3.4, 198.51.100.1               | 198.51.100.1",
                "10.1.2.3    | 1.2.3.4, 198.51.100.1, 192.0.2.7    | 198.51.100.1",
                "192.0.2.7   | 198.51.100.1:4711                   | 198.51.100.1",
                "192.0.2.8   | 198.51.100.1                        | 192.0.2.8",
                "fd00::5     | 2001:db8::1                         | 2001:db8::1",
                "fd00::5     | [2001:db8::1]:443                   | 2001:db8::1",
                "10.1.2.3    | unknown                             | 10.1.2.3",
                "10.1.2.3    | 198.51.100.1, evil                  | 10.1.2.3",
                "10.1.2.3    | 10.4.4.4                            | 10.4.4.4"
            })
    void theClientIsTheLastThatIsNoTrustedProxy(String remote, String forwarded, String client) {
        assertThat(proxies.client(remote, List.of(forwarded), List.of())).isEqualTo(client);
    }

    @Test
    void headersInSeveralLinesAreOne() {
        assertThat(proxies.client("10.1.2.3", List.of("1.2.3.4", "198.51.100.1, 10.0.0.1"), List.of()))
                .isEqualTo("198.51.100.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=198.51.100.1                                  | 198.51.100.1",
                "for=1.2.3.4, For=\"198.51.100.1:80\";proto=https  | 198.51.100.1",
                "proto=http;for=\"[2001:db8::1]:4711\"             | 2001:db8::1",
                "for=_hidden                                       | 10.1.2.3",
                "by=10.0.0.1                                       | 10.1.2.3"
            })
    void forwardedIsReadToo(String forwarded, String client) {
        assertThat(proxies.client("10.1.2.3", List.of(), List.of(forwarded))).isEqualTo(client);
    }

    @Test
    void whatAClientSlipsPastTheProxyInTheOtherHeaderIsNotBelieved() {
        assertThat(proxies.client("10.1.2.3", List.of("198.51.100.1"), List.of("for=1.2.3.4")))
                .isEqualTo("10.1.2.3");
        assertThat(proxies.client("10.1.2.3", List.of("198.51.100.1"), List.of("for=198.51.100.1")))
                .isEqualTo("198.51.100.1");
    }

    @Test
    void withoutTrustedProxiesNobodyIsBelieved() {
        assertThat(Proxies.NONE.client("127.0.0.1", List.of("198.51.100.1"), List.of()))
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example", "10.0.0.0/33", "10.0.0.0/x", "", "10.0.0.1,", "::1/200", "10.0.0"})
    void whatIsNoNetworkIsRefused(String text) {
        assertThat(Proxies.parse(text)).isEmpty();
    }
}
