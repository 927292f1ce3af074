package dev.baton.it;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A browser's DevTools protocol over its one WebSocket, with a session for each tab. Any thread. */
final class DevTools implements WebSocket.Listener, AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> asked = new ConcurrentHashMap<>();
    private final Set<String> crashed = ConcurrentHashMap.newKeySet();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private CompletableFuture<WebSocket> written = CompletableFuture.completedFuture(null);

    /** Connects; the address is the browser's own. */
    DevTools(URI address) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(ANSWER)
                .buildAsync(address, this)
                .join();
    }

    /** Asks the browser itself; waits for the answer. */
    JsonObject ask(String method, JsonObject parameters) {
        return ask("", method, parameters);
    }

    /** Asks a tab; waits for the answer. */
    JsonObject ask(String session, String method, JsonObject parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        write(id, session, method, parameters);
        return await(method, answer);
    }

    /** Tells a tab, and does not wait for an answer: it may never come. */
    void tell(String session, String method, JsonObject parameters) {
        write(ids.incrementAndGet(), session, method, parameters);
    }

    private synchronized void write(int id, String session, String method, JsonObject parameters) {
        JsonObject frame = new JsonObject().put("id", id).put("method", method).put("params", parameters);
        if (!session.isEmpty()) {
            frame.put("sessionId", session);
        }
        // One at a time: the socket refuses to send before the last was sent.
        written = written.exceptionally(failed -> null).thenCompose(sent -> socket.sendText(frame.encode(), true));
    }

    /** Whether a tab has crashed. */
    boolean hasCrashed(String session) {
        return crashed.contains(session);
    }

    /** What a page's scripts threw, and what the page's policy forbade, in any tab so far. */
    List<String> faults() {
        return faults;
    }

    private static JsonObject await(String method, CompletableFuture<JsonObject> answer) {
        try {
            return answer.orTimeout(ANSWER.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException failed) {
            throw new AssertionError(method + ": " + failed.getCause().getMessage(), failed.getCause());
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            JsonObject frame = new JsonObject(partial.toString());
            partial.setLength(0);
            heard(frame);
        }
        from.request(1);
        return null;
    }

    private void heard(JsonObject frame) {
        switch (frame.getString("method", "")) {
            case "Inspector.targetCrashed" -> crashed.add(frame.getString("sessionId", ""));
            case "Runtime.exceptionThrown" ->
                faults.add(frame.getJsonObject("params")
                        .getJsonObject("exceptionDetails")
                        .encode());
            case "Log.entryAdded" -> {
                JsonObject entry = frame.getJsonObject("params").getJsonObject("entry");
                if ("security".equals(entry.getString("source"))) {
                    faults.add(entry.getString("text"));
                }
            }
            default -> {}
        }
        CompletableFuture<JsonObject> answer = frame.containsKey("id") ? asked.remove(frame.getInteger("id")) : null;
        if (answer == null) {
            return;
        }
        if (frame.containsKey("error")) {
            answer.completeExceptionally(
                    new IllegalStateException(frame.getJsonObject("error").encode()));
        } else {
            answer.complete(frame.getJsonObject("result"));
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
