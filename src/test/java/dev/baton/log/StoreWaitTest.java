package dev.baton.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start against something that speaks as much of PostgreSQL's protocol as it takes to refuse a connection. */
class StoreWaitTest {
    private static final String STARTING = "57P03";
    private static final String BAD_PASSWORD = "28P01";

    private final AtomicInteger asked = new AtomicInteger();
    private ServerSocket server;

    /** How many connections are told that the server is starting, before the others get the final answer. */
    private volatile int starting;

    private volatile boolean wantsPassword;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "scripted-postgresql");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (true) {
            try (Socket socket = server.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.skipNBytes(in.readInt() - 4); // the startup message; the URL asks for no TLS before it
                boolean early = asked.getAndIncrement() < starting;
                socket.getOutputStream()
                        .write(wantsPassword ? wantsPassword() : refusal(early ? STARTING : BAD_PASSWORD));
                in.read();
            } catch (IOException closed) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private static byte[] refusal(String state) throws IOException {
        String fields = "SFATAL\0VFATAL\0C" + state + "\0Mno\0\0";
        return message('E', fields.getBytes(StandardCharsets.US_ASCII));
    }

    /** A request for a password in clear text. */
    private static byte[] wantsPassword() throws IOException {
        return message('R', new byte[] {0, 0, 0, 3});
    }

    private static byte[] message(char type, byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(type);
        out.writeInt(body.length + 4);
        out.write(body);
        return bytes.toByteArray();
    }

    private LogSettings settings(Optional<String> user, Optional<String> password) {
        return LogSettings.of(
                "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/baton?sslmode=disable&gssEncMode=disable",
                user,
                password);
    }

    @Test
    void aServerThatIsStartingIsWaitedForAndARefusalIsNot() {
        starting = 2;

        assertThatThrownBy(() -> StoreWait.until(settings(Optional.of("me"), Optional.of("p")), Duration.ofSeconds(30)))
                .hasMessageContaining("the server refuses the user or the password (store.user, store.password)");
        assertThat(asked).hasValue(3);
    }

    @Test
    void withoutPatienceOneAttemptIsMade() {
        starting = 9;

        assertThatThrownBy(() -> StoreWait.until(settings(Optional.of("me"), Optional.of("p")), Duration.ZERO))
                .hasMessageEndingWith(
                        " cannot be used: the server is starting or stopping; waited 0s for it (store.wait)");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aUserThatWasNotSetIsNamed() {
        assertThatThrownBy(() -> StoreWait.until(settings(Optional.empty(), Optional.empty()), Duration.ofSeconds(30)))
                .hasMessageContaining("store.user is not set")
                .hasMessageContaining(System.getProperty("user.name"))
                .hasMessageContaining("BATON_STORE_USER");
    }

    @Test
    void aPasswordThatTheServerWantsAndNobodySetIsNamed() {
        wantsPassword = true;

        assertThatThrownBy(() -> StoreWait.until(settings(Optional.of("me"), Optional.empty()), Duration.ofSeconds(30)))
                .hasMessageContaining("store.password is not set");
    }

    @Test
    void aFileIsNotWaitedFor() {
        StoreWait.until(
                LogSettings.of("jdbc:sqlite:nowhere/baton.db", Optional.empty(), Optional.empty()),
                Duration.ofSeconds(30));
    }
}
