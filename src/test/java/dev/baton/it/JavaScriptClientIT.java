package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The JavaScript client, its Yjs provider, its React hooks and what the console reckons, under Node, against real
 * nodes. The client is installed as a package beside the tests of {@code src/test/js}. What they print is in
 * {@code target/it-logs/javascript.txt}.
 */
class JavaScriptClientIT {
    private static final Path TESTS = Path.of("src/test/js");
    private static final Path CLIENT = Path.of("src/main/resources/web/client");
    private static final Path CONSOLE = Path.of("src/main/resources/console");
    private static final Path PLACE = Path.of("target/js");

    /** What the tests need besides the client: {@code package.json} there names the versions. */
    private static final List<String> PACKAGES = List.of(
            "@codemirror/state",
            "codemirror",
            "esbuild",
            "happy-dom",
            "react",
            "react-test-renderer",
            "y-codemirror.next",
            "y-protocols",
            "yjs");

    /** Files that run at once: they wait most of the time. */
    private static final int AT_ONCE = 3;

    private static final int OLDEST = 20;
    private static final int WITH_SOCKETS = 22;
    private static final long ATMOST = 5;
    private static final Pattern PASSED = Pattern.compile("^# pass (\\d+)$", Pattern.MULTILINE);

    /** Short enough that a silent client or node is found while a test waits. */
    private static final Map<String, String> QUICK = Map.of(
            "BATON_HEARTBEAT_INTERVAL", "500ms",
            "BATON_HEARTBEAT_TIMEOUT", "2s",
            "BATON_HEARTBEAT_EDITOR_INTERVAL", "500ms",
            "BATON_HEARTBEAT_EDITOR_TIMEOUT", "2s");

    @Test
    void theClientKeepsItsPromisesUnderNodeAndOverABadNetwork() throws IOException, InterruptedException {
        Path program = Tool.NODE.require();
        int version = version(program);
        if (version < OLDEST) {
            Tool.NODE.missing(program + " is version " + version + ", and the client needs " + OLDEST);
        }
        copy(TESTS, PLACE);
        install();
        copy(CONSOLE, PLACE.resolve("console"));
        copy(CLIENT, PLACE.resolve("node_modules/baton-client"));
        Path printed = Files.createDirectories(Path.of("target/it-logs")).resolve("javascript.txt");
        try (Nodes nodes = Nodes.start(JavaScriptClientIT.class, 3, QUICK)) {
            int status = run(program, version, nodes, printed);
            String text = Files.readString(printed);
            assertThat(status).as(text).isZero();
            Matcher passed = PASSED.matcher(text);
            assertThat(passed.find()).as(text).isTrue();
            assertThat(Integer.parseInt(passed.group(1))).as(text).isGreaterThanOrEqualTo(120);
            assertThat(text).contains("# skipped 0");
        }
    }

    /** What the tests need besides the client; only once, and then without a network. */
    private static void install() throws IOException, InterruptedException {
        if (PACKAGES.stream().allMatch(name -> Files.exists(PLACE.resolve("node_modules/" + name + "/package.json")))) {
            return;
        }
        Path npm = Tool.NPM.require();
        Process process = new ProcessBuilder(
                        npm.toString(), "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit")
                .directory(PLACE.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            Tool.NPM.missing("npm could not install " + PACKAGES + ": " + printed);
        }
    }

    private static int run(Path program, int version, Nodes nodes, Path printed)
            throws IOException, InterruptedException {
        List<String> command = Stream.of(
                        Stream.of(program.toString(), "--test", "--test-reporter=tap", "--test-concurrency=" + AT_ONCE),
                        version < WITH_SOCKETS ? Stream.of("--experimental-websocket") : Stream.<String>empty(),
                        files())
                .flatMap(part -> part)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(PLACE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment()
                .put("BATON_NODES", nodes.get(0).uri() + "," + nodes.get(1).uri());
        builder.environment().put("BATON_DOOMED_NODE", nodes.get(2).uri());
        builder.environment().put("BATON_DOOMED_PID", Long.toString(nodes.get(2).pid()));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(ATMOST, TimeUnit.MINUTES))
                    .as("ends within %d minutes", ATMOST)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(TESTS)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".test.js"))
                    .sorted()
                    .collect(Collectors.toList())
                    .stream();
        }
    }

    private static int version(Path program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "--version").start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return Integer.parseInt(text.strip().replaceFirst("^v(\\d+).*$", "$1"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
