package dev.baton.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.LocalNode;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that serves TLS itself, without a proxy in front. */
class TlsIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void theSocketIsServedByTlsAndANewCertificateIsTakenUpAndABadOneIsNot() throws Exception {
        install("first");
        Vertx vertx = Vertx.vertx();
        WebSocketClient client = vertx.createWebSocketClient(
                new WebSocketClientOptions().setTrustAll(true).setVerifyHost(false));
        try (LocalNode node = new LocalNode(Map.of(
                "http.tls.certificate", folder.resolve("certificate.pem").toString(),
                "http.tls.key", folder.resolve("key.pem").toString()))) {
            assertThat(shown(client, node)).isEqualTo("CN=first");
            assertThatThrownBy(() -> connect(client, node, false))
                    .as("without TLS")
                    .isNotNull();

            install("second");
            await().atMost(SOON).until(() -> shown(client, node).equals("CN=second"));

            Files.writeString(folder.resolve("certificate.pem"), "-----BEGIN CERTIFICATE-----\nnone\n");
            try (Wire health = new Wire(node.managementPort())) {
                health.send(Wire.utf8("GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
                assertThat(health.rest()).startsWith("HTTP/1.1 200 ");
            }
            assertThat(shown(client, node)).isEqualTo("CN=second");
        } finally {
            Waiting.on(vertx.close());
        }
    }

    private static String shown(WebSocketClient client, LocalNode node) throws Exception {
        WebSocket socket = connect(client, node, true);
        try {
            return ((X509Certificate) socket.peerCertificates().get(0))
                    .getSubjectX500Principal()
                    .getName();
        } finally {
            Waiting.on(socket.close());
        }
    }

    private static WebSocket connect(WebSocketClient client, LocalNode node, boolean tls) {
        return Waiting.on(client.connect(new WebSocketConnectOptions()
                .setSsl(tls)
                .setHost("localhost")
                .setPort(node.port())
                .setURI("/socket")));
    }

    /** A certificate of that name and its key, where the node looks for them. */
    private void install(String name) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve(name + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(List.of(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        pem(
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("node", "changeit".toCharArray()).getEncoded());
        pem("certificate.pem", "CERTIFICATE", keys.getCertificate("node").getEncoded());
    }

    private void pem(String file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Path other = Files.writeString(
                folder.resolve(file + ".new"),
                "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
        Files.move(other, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
