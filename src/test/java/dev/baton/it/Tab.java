package dev.baton.it;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One tab of a {@link Browser}: what a person does in it, what they see, and what can befall it. For the test's thread.
 */
final class Tab {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonObject NOTHING = new JsonObject();

    private final DevTools tools;
    private final String target;
    private final String session;

    Tab(DevTools tools, String target, String session) {
        this.tools = tools;
        this.target = target;
        this.session = session;
        ask("Page.enable", NOTHING);
        ask("Runtime.enable", NOTHING);
        ask("Inspector.enable", NOTHING);
        ask("Log.enable", NOTHING);
        ask("Network.enable", NOTHING);
    }

    private JsonObject ask(String method, JsonObject parameters) {
        return tools.ask(session, method, parameters);
    }

    // ---- what a person does ---------------------------------------------------------------------------------------

    /** Goes to an address, and is there when the page's scripts have run. */
    void go(String address) {
        ask("Page.navigate", new JsonObject().put("url", address));
        await("document.readyState === 'complete'");
    }

    /** Puts text where the focus is, as a keyboard would. */
    void type(String text) {
        ask("Input.insertText", new JsonObject().put("text", text));
    }

    /** Shows text that is still being composed where the focus is, as an input method does; {@link #type} ends it. */
    void compose(String text) {
        ask(
                "Input.imeSetComposition",
                new JsonObject()
                        .put("text", text)
                        .put("selectionStart", text.length())
                        .put("selectionEnd", text.length()));
    }

    /** Presses a key by its name: {@code Tab}, {@code Enter}, {@code Escape}, {@code ArrowDown}. */
    void press(String key) {
        JsonObject down =
                new JsonObject().put("type", "keyDown").put("key", key).put("code", key);
        int code =
                switch (key) {
                    case "Tab" -> 9;
                    case "Enter" -> 13;
                    case "Escape" -> 27;
                    case "Backspace" -> 8;
                    case "ArrowDown" -> 40;
                    case "ArrowLeft" -> 37;
                    case "Home" -> 36;
                    default -> throw new IllegalArgumentException(key);
                };
        down.put("windowsVirtualKeyCode", code);
        if (code == 13) {
            down.put("text", "\r");
        }
        ask("Input.dispatchKeyEvent", down);
        ask("Input.dispatchKeyEvent", down.copy().put("type", "keyUp"));
    }

    /** Follows a link to another page of the same origin. */
    void follow(String path) {
        evaluate("Object.assign(document.body.appendChild(document.createElement('a')), { href: " + quoted(path)
                + " }).click()");
        await("location.pathname.endsWith(" + quoted(path) + ")");
    }

    /** Presses the back button. */
    void back() {
        JsonObject history = ask("Page.getNavigationHistory", NOTHING);
        int before = history.getJsonArray("entries")
                .getJsonObject(history.getInteger("currentIndex") - 1)
                .getInteger("id");
        tools.tell(session, "Page.navigateToHistoryEntry", new JsonObject().put("entryId", before));
    }

    /** Clicks on what a selector names. */
    void click(String selector) {
        await("document.querySelector(" + quoted(selector) + ")?.checkVisibility()");
        evaluate("document.querySelector(" + quoted(selector) + ").click()");
    }

    // ---- what is seen ---------------------------------------------------------------------------------------------

    /** The value of an expression, when it is done if it is a promise. */
    Object evaluate(String expression) {
        JsonObject answer = ask(
                "Runtime.evaluate",
                new JsonObject()
                        .put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError(
                    expression + ": " + answer.getJsonObject("exceptionDetails").encode());
        }
        return answer.getJsonObject("result").getValue("value");
    }

    /** Waits until an expression is true. */
    void await(String expression) {
        await(expression, SOON);
    }

    /** Waits until an expression is true, and says how long it took, in milliseconds. */
    long await(String expression, Duration atMost) {
        long start = System.nanoTime();
        try {
            Awaitility.await()
                    .atMost(atMost)
                    .pollInterval(Duration.ofMillis(25))
                    .until(() -> Boolean.TRUE.equals(evaluate("!!(" + expression + ")")));
        } catch (ConditionTimeoutException late) {
            throw new AssertionError("not within " + atMost + ": " + expression + "; the page says: "
                    + evaluate("document.body.innerText.slice(0, 2000)"));
        }
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    /** Writes a picture of the page into a file. */
    void screenshot(Path file) {
        String data = ask("Page.captureScreenshot", new JsonObject().put("format", "png"))
                .getString("data");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes a picture of the page into a file, as the text of an SVG that needs nothing else. */
    void picture(String title, Path file) {
        try (InputStream script = Tab.class.getResourceAsStream("/picture.js")) {
            String drawing = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            // What is written there is a comment first, and then the function.
            Object svg = evaluate("(" + drawing.substring(drawing.indexOf("async ")) + ")(" + quoted(title) + ")");
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, svg.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    // ---- what it is -----------------------------------------------------------------------------------------------

    /** Light or dark, as the person's system would have it. */
    void prefers(String scheme) {
        ask(
                "Emulation.setEmulatedMedia",
                new JsonObject()
                        .put(
                                "features",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "prefers-color-scheme")
                                                .put("value", scheme))));
    }

    /** The size of its window, of a telephone or not. */
    void size(int width, int height, boolean telephone) {
        ask(
                "Emulation.setDeviceMetricsOverride",
                new JsonObject()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", telephone ? 2 : 1)
                        .put("mobile", telephone));
    }

    // ---- what befalls it ------------------------------------------------------------------------------------------

    /** Closed by a click on its cross. */
    void close() {
        tools.ask("Target.closeTarget", new JsonObject().put("targetId", target));
    }

    /** Its process dies. */
    void crash() {
        tools.tell(session, "Page.navigate", new JsonObject().put("url", "chrome://crash"));
        Awaitility.await().atMost(SOON).until(() -> tools.hasCrashed(session));
    }

    /** Its script runs in a circle for so long: nothing that it should answer is answered. Returns at once. */
    void hang(Duration length) {
        String circle = "const end = performance.now() + " + length.toMillis() + "; while (performance.now() < end);";
        tools.tell(session, "Runtime.evaluate", new JsonObject().put("expression", "{ " + circle + " }"));
    }

    /** Takes its network away, or gives it back. */
    void offline(boolean off) {
        ask(
                "Network.emulateNetworkConditions",
                new JsonObject()
                        .put("offline", off)
                        .put("latency", 0)
                        .put("downloadThroughput", -1)
                        .put("uploadThroughput", -1));
    }

    /** Brings it in front of the other tabs of its window, which are hidden then. */
    void show() {
        tools.ask("Target.activateTarget", new JsonObject().put("targetId", target));
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
