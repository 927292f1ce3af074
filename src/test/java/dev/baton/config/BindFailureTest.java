package dev.baton.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class BindFailureTest {

    @Test
    void aPortInUseIsNamedWithItsKey() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Throwable failure = bind("127.0.0.1", port);

            assertThat(BindFailure.of(new IllegalStateException(failure), "http", "127.0.0.1", port))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage(
                            "http.port: " + port + " on 127.0.0.1 is in use by another program; set BATON_HTTP_PORT to"
                                    + " a free port, or to 0 for any");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamedWithItsKeyAndTheOnesThereAre() {
        Throwable failure = bind("198.51.100.7", 0);

        assertThat(BindFailure.of(failure, "management", "198.51.100.7", 1))
                .hasMessageStartingWith("management.host: \"198.51.100.7\" is no address of this machine; set"
                        + " BATON_MANAGEMENT_HOST to one of ")
                .hasMessageContaining("127.0.0.1");
        assertThatThrownBy(() -> BindFailure.own("cluster.host", "198.51.100.7"))
                .hasMessageStartingWith("cluster.host: \"198.51.100.7\" is no address of this machine; set"
                        + " BATON_CLUSTER_HOST to one of ");
    }

    @Test
    void theWildcardIsNoAddressToTellOthers() {
        assertThatThrownBy(() -> BindFailure.own("cluster.host", "0.0.0.0"))
                .hasMessageStartingWith("cluster.host: \"0.0.0.0\" names no single address");
    }

    @Test
    void anythingElseStaysWhatItWas() {
        Throwable failure = new IllegalStateException("something else");

        assertThat(BindFailure.of(failure, "http", "127.0.0.1", 1)).isSameAs(failure);
    }

    @Test
    void ourOwnAddressesAreOurs() {
        assertThat(BindFailure.own("cluster.host", "localhost").isLoopbackAddress())
                .isTrue();
        assertThat(BindFailure.own("cluster.host", "127.0.0.1").getHostAddress())
                .isEqualTo("127.0.0.1");
    }

    private static Throwable bind(String host, int port) {
        return catchThrowable(() -> {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(host, port));
            }
        });
    }
}
