package dev.baton.it;

import static org.awaitility.Awaitility.await;

import dev.baton.Tool;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real browser of its own, without a window, with a profile that is gone afterwards. For the test's thread. */
final class Browser implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(10);

    /** Nothing of this goes to anywhere but this machine. */
    private static final List<String> QUIET = List.of(
            "--headless=new",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--disable-extensions",
            "--disable-component-update",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--disable-breakpad",
            "--remote-debugging-port=0",
            "--window-size=1280,900",
            "--lang=en-GB");

    private final Process process;
    private final Path profile;
    private final DevTools tools;

    private Browser(Process process, Path profile, DevTools tools) {
        this.process = process;
        this.profile = profile;
        this.tools = tools;
    }

    /** Starts one; where there is none the test that asks is skipped, or fails, as {@link Tool} says. */
    static Browser start(String... more) {
        Path program = Tool.CHROMIUM.require();
        try {
            Path profile = Files.createTempDirectory("baton-browser-");
            List<String> command = new ArrayList<>(List.of(program.toString(), "--user-data-dir=" + profile));
            command.addAll(QUIET);
            command.addAll(Arrays.asList(more));
            if ("root".equals(System.getProperty("user.name"))) {
                command.add("--no-sandbox");
            }
            command.add("about:blank");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("printed.txt").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new Browser(process, profile, new DevTools(address(process, profile)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static URI address(Process process, Path profile) throws IOException {
        Path file = profile.resolve("DevToolsActivePort");
        await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the browser ended: " + Files.readString(profile.resolve("printed.txt")));
            }
            return Files.exists(file) && Files.readAllLines(file).size() == 2;
        });
        List<String> lines = Files.readAllLines(file);
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    }

    /** Opens a tab and goes to an address. */
    Tab open(String address) {
        String target = tools.ask("Target.createTarget", new JsonObject().put("url", "about:blank"))
                .getString("targetId");
        String session = tools.ask(
                        "Target.attachToTarget",
                        new JsonObject().put("targetId", target).put("flatten", true))
                .getString("sessionId");
        Tab tab = new Tab(tools, target, session);
        tab.go(address);
        return tab;
    }

    /** What its pages' scripts threw, and what their policy forbade. */
    List<String> faults() {
        return tools.faults();
    }

    @Override
    public void close() {
        tools.close();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(END.toSeconds(), TimeUnit.SECONDS);
            Files.walkFileTree(profile, new Sweep());
        } catch (IOException leftover) {
            // A file that the browser was still writing: the folder is a temporary one.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Sweep extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
