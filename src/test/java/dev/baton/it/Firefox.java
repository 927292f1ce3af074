package dev.baton.it;

import static org.awaitility.Awaitility.await;

import dev.baton.Tool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** A Firefox without a window, with one tab that a test uses by WebDriver BiDi. For the test's thread. */
final class Firefox implements WebSocket.Listener, AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern LISTENS = Pattern.compile("WebDriver BiDi listening on (ws://\\S+)");

    /** Nothing of this goes to anywhere but this machine. */
    private static final String QUIET =
            """
            user_pref("app.normandy.enabled", false);
            user_pref("app.update.enabled", false);
            user_pref("browser.safebrowsing.downloads.remote.enabled", false);
            user_pref("datareporting.healthreport.uploadEnabled", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("extensions.getAddons.cache.enabled", false);
            user_pref("extensions.systemAddon.update.enabled", false);
            user_pref("network.captive-portal-service.enabled", false);
            user_pref("network.connectivity-service.enabled", false);
            user_pref("services.settings.server", "http://127.0.0.1:1");
            user_pref("toolkit.telemetry.enabled", false);
            """;

    private final Process process;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> asked = new ConcurrentHashMap<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private final String context;

    private Firefox(Process process, URI address) {
        this.process = process;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(START)
                .buildAsync(address, this)
                .join();
        ask("session.new", new JsonObject().put("capabilities", new JsonObject()));
        context = ask("browsingContext.create", new JsonObject().put("type", "tab"))
                .getString("context");
    }

    /**
     * Starts one, with its profile in a folder; where there is none the test that asks is skipped, or fails, as
     * {@link Tool} says.
     */
    static Firefox start(Path profile) throws IOException {
        Path program = Tool.FIREFOX.require();
        Files.writeString(profile.resolve("user.js"), QUIET);
        Path printed = profile.resolve("printed.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-remote",
                        "--remote-debugging-port=0",
                        "--profile",
                        profile + "")
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().put("HOME", profile.toString());
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Matcher listens = await().atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> LISTENS.matcher(Files.readString(printed)), Matcher::find);
        return new Firefox(process, URI.create(listens.group(1) + "/session"));
    }

    /** Goes to an address, and is there when the page has loaded. */
    void go(String address) {
        ask(
                "browsingContext.navigate",
                new JsonObject().put("context", context).put("url", address).put("wait", "complete"));
    }

    /** The value of an expression, as text; when it is done if it is a promise. */
    String evaluate(String expression) {
        JsonObject answer = ask(
                "script.evaluate",
                new JsonObject()
                        .put("expression", "(async () => String(await (" + expression + ")))()")
                        .put("target", new JsonObject().put("context", context))
                        .put("awaitPromise", true));
        if (!"success".equals(answer.getString("type"))) {
            throw new AssertionError(expression + ": " + answer.encode());
        }
        return answer.getJsonObject("result").getString("value");
    }

    /** Waits until an expression is true. */
    void until(String expression) {
        try {
            await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> evaluate("!!(" + expression + ")")
                    .equals("true"));
        } catch (ConditionTimeoutException late) {
            throw new AssertionError("not within " + SOON + ": " + expression + "; the page says: "
                    + evaluate("document.body.innerText"));
        }
    }

    /** Presses the keys of a text, one after the other. */
    void type(String text) {
        JsonArray actions = new JsonArray();
        text.codePoints().mapToObj(Character::toString).forEach(key -> actions.add(
                        new JsonObject().put("type", "keyDown").put("value", key))
                .add(new JsonObject().put("type", "keyUp").put("value", key)));
        ask(
                "input.performActions",
                new JsonObject()
                        .put("context", context)
                        .put(
                                "actions",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("type", "key")
                                                .put("id", "keyboard")
                                                .put("actions", actions))));
    }

    private JsonObject ask(String method, JsonObject parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        JsonObject command =
                new JsonObject().put("id", id).put("method", method).put("params", parameters);
        socket.sendText(command.encode(), true).join();
        return answer.orTimeout(START.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            JsonObject frame = new JsonObject(partial.toString());
            partial.setLength(0);
            CompletableFuture<JsonObject> answer =
                    frame.getInteger("id") == null ? null : asked.remove(frame.getInteger("id"));
            if (answer != null && "success".equals(frame.getString("type"))) {
                answer.complete(frame.getJsonObject("result"));
            } else if (answer != null) {
                answer.completeExceptionally(new IllegalStateException(frame.encode()));
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().orTimeout(START.toSeconds(), TimeUnit.SECONDS).join();
    }
}
