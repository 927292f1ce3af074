package dev.baton.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * What goes out to the node, in order. A message that is larger than the node takes goes out in parts, each when the
 * one before has been written, and what comes behind it waits. Confined to the client's context.
 */
final class Outgoing {

    /** What is left of a message for the fields of a part other than its data, in bytes. */
    private static final int FIELDS = 2_048;

    /** The most bytes that a character of JSON text takes in a JSON string, in UTF-8. */
    private static final int WORST = 3;

    private final Function<String, Future<Void>> socket;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    /** {@code socket} writes a text, and says when it is written. */
    Outgoing(Function<String, Future<Void>> socket) {
        this.socket = socket;
    }

    /** Writes a text as it is. */
    Future<Void> write(String text) {
        if (!busy) {
            return socket.apply(text);
        }
        Promise<Void> written = Promise.promise();
        waiting.add(() -> socket.apply(text).onComplete(written));
        return written.future();
    }

    /**
     * Writes a message, in parts if need be.
     *
     * @param message whose {@code data} may be large
     * @param largest the most bytes of one message
     */
    void writeLarge(JsonObject message, long largest) {
        String text = message.encode();
        if (bytes(text) <= largest || largest <= 2L * FIELDS) {
            write(text);
        } else if (busy) {
            waiting.add(() -> begin(message, largest));
        } else {
            begin(message, largest);
        }
    }

    private void begin(JsonObject message, long largest) {
        String data = Json.encode(message.getValue("data"));
        int piece = (int) Math.min(Integer.MAX_VALUE / 2, (largest - FIELDS) / WORST);
        busy = true;
        part(message, data, piece, 1, (data.length() + piece - 1) / piece);
    }

    private void part(JsonObject message, String data, int piece, int part, int parts) {
        if (part > parts) {
            goOn();
            return;
        }
        JsonObject frame = new JsonObject();
        message.forEach(field -> frame.put(field.getKey(), field.getValue()));
        frame.put("part", part)
                .put("parts", parts)
                .put("data", data.substring(from(data, piece, part), from(data, piece, part + 1)));
        socket.apply(frame.encode()).onComplete(written -> {
            if (written.succeeded()) {
                part(message, data, piece, part + 1, parts);
            } else {
                goOn(); // the connection is over, which is told in another way
            }
        });
    }

    /** Where a piece begins: not within a surrogate pair, whose halves have no encoding. */
    private static int from(String data, int piece, int part) {
        int at = (int) Math.min(data.length(), (part - 1L) * piece);
        boolean within = at > 0 && at < data.length() && Character.isLowSurrogate(data.charAt(at));
        return within ? at + 1 : at;
    }

    private void goOn() {
        busy = false;
        while (!busy && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
