package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComebackTest {

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1006, 1009, 1011, 1012, 1013, 4000, 4001, 4002, 4402, 4499})
    void comesBackAfterAnEndThatPasses(int code) {
        assertThat(Comeback.after(code, "").sensible()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1002, 1003, 1007, 1008, 4401, 4500, 4501, 4503, 4999})
    void staysAwayAfterARefusalThatHolds(int code) {
        assertThat(Comeback.after(code, "").sensible()).isFalse();
        assertThat(Comeback.after(new ConnectionClosed(code, "")).sensible()).isFalse();
    }

    @Test
    void waitsAsLongAsAFullNodeAsks() {
        Comeback comeback = Comeback.after(new HandshakeRejected(503, "full", OptionalLong.of(3000)));

        assertThat(comeback.sensible()).isTrue();
        assertThat(comeback.notBefore()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void staysAwayFromANodeThatDoesNotSpeakWithItsOrigin() {
        assertThat(Comeback.after(new HandshakeRejected(403, "", OptionalLong.empty()))
                        .sensible())
                .isFalse();
    }

    @Test
    void comesBackAfterTheNetworkFailed() {
        assertThat(Comeback.after(new ConnectException("refused")).sensible()).isTrue();
    }

    @Test
    void takesAnErrorToTheHelloAtItsWord() {
        assertThat(Comeback.after(new BatonException("bad-message", "user.name is missing", OptionalLong.empty()))
                        .sensible())
                .isFalse();
        assertThat(Comeback.after(new BatonException("unavailable", "starting", OptionalLong.of(500)))
                        .notBefore())
                .isEqualTo(Duration.ofMillis(500));
    }
}
