package dev.baton.it;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client that is next to nothing for the system to run and to end: a process of a megabyte, which says hello, joins a document to edit, and
 * reads from then on without an answer to anything. When a JVM is killed, as much as 65 ms go by before its connections end, and one that
 * has just begun to hear of pens takes milliseconds to load the code for it; between two of these nothing but the node is timed.
 */
final class SmallClient implements AutoCloseable {
    /** Speaks up when it was let in. */
    private static final String JOINS =
            """
            exec 3<>/dev/tcp/127.0.0.1/$1
            printf %b "$2" >&3
            while IFS= read -r line <&3 && [ "$line" != $'\\r' ]; do :; done
            printf %b "$3" >&3
            """;

    /** Becomes {@code cat}. */
    private static final String READS = JOINS + "exec cat <&3 >/dev/null";

    /** Says when it heard what, an object of JSON a line, in seconds and microseconds of the machine's clock. */
    private static final String TELLS = "export LC_ALL=C\n" + JOINS
            + """
            while IFS= read -r -d '}' heard <&3; do printf '%s %s\\n' "$EPOCHREALTIME" "${heard//$'\\n'/}"; done
            """;

    private static final String HOLDS = "\"you\":\"holder\"";

    private final Process process;

    private SmallClient(Process process) {
        this.process = process;
    }

    /** Starts it; it is in the document soon, or never. */
    static SmallClient start(NodeProcess node, String name, String document) {
        return start(READS, node, name, document);
    }

    /** The same for one that can be asked when it was given the pen. */
    static SmallClient listening(NodeProcess node, String name, String document) {
        return start(TELLS, node, name, document);
    }

    private static SmallClient start(String script, NodeProcess node, String name, String document) {
        String upgrade = String.join(
                "\\r\\n",
                "GET /socket HTTP/1.1",
                "Host: 127.0.0.1:" + node.port(),
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                "Sec-WebSocket-Protocol: baton.v1",
                "",
                "");
        JsonObject hello = new JsonObject()
                .put("type", "hello")
                .put("user", new JsonObject().put("id", name).put("name", name));
        JsonObject join =
                new JsonObject().put("type", "join").put("document", document).put("mode", "edit");
        try {
            return new SmallClient(new ProcessBuilder(
                            "bash",
                            "-c",
                            script,
                            "small",
                            String.valueOf(node.port()),
                            upgrade,
                            masked(hello) + masked(join))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A text frame of RFC 6455 with a mask of zeros, which leaves the text as it is; of at most 125 letters that take a byte each. */
    private static String masked(JsonObject message) {
        String text = message.encode();
        if (text.length() > 125) {
            throw new IllegalArgumentException("too long for a small frame: " + text);
        }
        return String.format("\\x81\\x%02x\\x00\\x00\\x00\\x00", 0x80 | text.length()) + text;
    }

    /** When it was told that it holds the pen; waits for that. */
    Instant holdsSince() {
        try (BufferedReader told = process.inputReader()) {
            return CompletableFuture.supplyAsync(() -> told.lines()
                            .filter(line -> line.contains(HOLDS))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("its connection ended before it had the pen")))
                    .orTimeout(Person.SOON.toSeconds(), TimeUnit.SECONDS)
                    .thenApply(line -> line.substring(0, line.indexOf(' ')))
                    .thenApply(SmallClient::instant)
                    .join();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Instant instant(String seconds) {
        BigDecimal micros = new BigDecimal(seconds).movePointRight(6);
        return Instant.EPOCH.plus(micros.longValueExact(), ChronoUnit.MICROS);
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
