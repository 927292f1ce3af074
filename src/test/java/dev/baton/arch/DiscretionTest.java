package dev.baton.arch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.auth.Issuer;
import dev.baton.auth.Roles;
import dev.baton.auth.Tokens;
import dev.baton.client.ClientOptions;
import dev.baton.config.Settings;
import dev.baton.log.Tenant;
import dev.baton.protocol.BadMessage;
import dev.baton.protocol.Json;
import dev.baton.protocol.MessageReader;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import dev.baton.rights.Presence;
import dev.baton.rights.Waiter;
import dev.baton.room.SessionRef;
import dev.baton.session.ResumeSecret;
import dev.baton.session.SessionRecord;
import dev.baton.session.Sessions;
import dev.baton.session.Standing;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is written to a log by mistake: no object that has a secret shows it. */
class DiscretionTest {
    private static final String SECRET = "hush-hush-hush-hush-hush-hush-hush-hush";
    private static final User ANN = new User("ann", "Ann");
    private static final ResumeSecret RESUME = new ResumeSecret("s", "s." + SECRET);

    static Stream<Object> objectsWithSecrets() throws BadMessage {
        Settings settings = Settings.of(Map.of(
                "store.password",
                SECRET,
                "store.url",
                "jdbc:postgresql://h/d?password=" + SECRET,
                "auth.mode",
                "jwt",
                "auth.jwt-secret",
                SECRET));
        Settings pasted = Settings.of(Map.of("auth.mode", "jwt", "auth.jwt-public-key", "-----BEGIN " + SECRET));
        SessionRecord record = new SessionRecord(
                "s",
                ANN,
                SECRET,
                "n",
                1,
                new SessionRecord.Online(),
                Map.of("d", new Standing(Mode.EDIT, 1)),
                Roles.EDIT_ALL);
        MessageReader reader = new MessageReader(64, 1_000);
        return Stream.of(
                settings,
                settings.auth(),
                settings.store(),
                pasted,
                Tokens.of(settings.auth().jwt(), 64),
                RESUME,
                record,
                new Sessions.Connected(record, RESUME, true),
                new SessionRef("s", ANN, 1, SECRET, Roles.EDIT_ALL),
                new Waiter("s", ANN, SECRET, 1, 1, Presence.HERE),
                new Tenant("s", "{}", SECRET),
                new Json("\"" + SECRET + "\""),
                reader.read("{\"type\":\"hello\",\"token\":\"" + SECRET + "\",\"resume\":\"" + SECRET + "\"}"),
                reader.read("{\"type\":\"say\",\"document\":\"d\",\"id\":\"i\",\"data\":\"" + SECRET + "\"}"),
                ClientOptions.to("ws://h/").withToken(SECRET).withResume(SECRET));
    }

    @ParameterizedTest
    @MethodSource("objectsWithSecrets")
    void noTextOfAnObjectHoldsItsSecret(Object object) {
        assertThat(object.toString()).doesNotContain(SECRET);
    }

    /** The text of a token is nowhere in why it was refused; {@code TokensTest} has that for each refusal. */
    @org.junit.jupiter.api.Test
    void thePublicKeyOfAnIssuerIsNotASecretAndStillNotShown() {
        String pem = Issuer.rs256("a").pem();
        assertThat(Settings.of(Map.of("auth.mode", "jwt", "auth.jwt-public-key", pem))
                        .toString())
                .doesNotContain(pem);
    }
}
