package dev.baton.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementTokenTest {
    private static final String SECRET = "correct:horse-battery+staple";

    private final ManagementToken token = new ManagementToken(SECRET);

    private static Optional<String> basic(String userAndPassword) {
        return Optional.of(
                "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void programsShowItAsABearerTokenAndBrowsersAsThePasswordOfAnyUser() {
        assertThat(token.admits(Optional.of("Bearer " + SECRET))).isTrue();
        assertThat(token.admits(Optional.of("bearer  " + SECRET))).isTrue();
        assertThat(token.admits(basic("ann:" + SECRET))).isTrue();
        assertThat(token.admits(basic(":" + SECRET))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer correct:horse-battery+stapl",
                "Bearer correct:horse-battery+staple2",
                "Basic",
                "Basic not base64!",
                "Basic OjpY",
                "Digest correct:horse-battery+staple",
                "correct:horse-battery+staple"
            })
    void nothingElseIsAdmitted(String authorization) {
        assertThat(token.admits(Optional.of(authorization))).isFalse();
    }

    @Test
    void aNameIsNoPassword() {
        assertThat(token.admits(Optional.empty())).isFalse();
        assertThat(token.admits(basic("ann:"))).isFalse();
        assertThat(token.admits(basic(SECRET.replace(":", "") + ":"))).isFalse();
        assertThat(token.admits(basic("no-colon"))).isFalse();
    }
}
