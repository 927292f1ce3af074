package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.config.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressesToJoinTest {

    @Test
    void aMemberWithoutAPortStandsForEveryPortANodeMayHaveTaken() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listening.getLocalPort();

            assertThat(addresses("127.0.0.1", port - 19).getMembers()).contains("127.0.0.1:" + port);
            assertThat(addresses("127.0.0.1", port - 20).getMembers()).doesNotContain("127.0.0.1:" + port);
        }
    }

    @Test
    void aMemberWithAPortStandsForItAlone() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String member = "127.0.0.1:" + listening.getLocalPort();

            assertThat(addresses(member, 5701).getMembers()).containsExactly(member);
        }
    }

    @Test
    void aNameThatLeadsNowhereYetIsPassedOver() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String member = "127.0.0.1:" + listening.getLocalPort();

            assertThat(addresses("no-such-host.invalid:1," + member, 5701).getMembers())
                    .containsExactly(member);
        }
    }

    @Test
    void aServiceNameStandsForItsAddressesAtTheFirstPort() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listening.getLocalPort();
            Settings settings = Settings.of(
                    Map.of("cluster.kubernetes-service", "localhost", "cluster.port", Integer.toString(port)));

            assertThat(new AddressesToJoin(settings.cluster(), 20).getMembers()).contains("127.0.0.1:" + port);
        }
    }

    private static AddressesToJoin addresses(String members, int firstPort) {
        Settings settings =
                Settings.of(Map.of("cluster.members", members, "cluster.port", Integer.toString(firstPort)));
        return new AddressesToJoin(settings.cluster(), 20);
    }
}
