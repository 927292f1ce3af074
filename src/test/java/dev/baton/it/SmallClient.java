package dev.baton.it;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A client that is next to nothing for the system to end: a process of a megabyte, which says hello, joins a document
 * to edit, and reads from then on without an answer to anything. When a JVM is killed, as much as 65 ms go by before
 * its connections end; when this is killed, nothing but the node is timed.
 */
final class SmallClient implements AutoCloseable {
    /** Speaks up when it was let in, and then becomes {@code cat}. */
    private static final String SCRIPT =
            """
            exec 3<>/dev/tcp/127.0.0.1/$1
            printf %b "$2" >&3
            while IFS= read -r line <&3 && [ "$line" != $'\\r' ]; do :; done
            printf %b "$3" >&3
            exec cat <&3 >/dev/null
            """;

    private final Process process;

    private SmallClient(Process process) {
        this.process = process;
    }

    /** Starts it; it is in the document soon, or never. */
    static SmallClient start(NodeProcess node, String name, String document) {
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
                            SCRIPT,
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

    /**
     * A text frame of RFC 6455 with a mask of zeros, which leaves the text as it is; of at most 125 letters that take a
     * byte each.
     */
    private static String masked(JsonObject message) {
        String text = message.encode();
        if (text.length() > 125) {
            throw new IllegalArgumentException("too long for a small frame: " + text);
        }
        return String.format("\\x81\\x%02x\\x00\\x00\\x00\\x00", 0x80 | text.length()) + text;
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
