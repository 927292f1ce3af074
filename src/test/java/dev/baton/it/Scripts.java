package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.Tool;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The scripts of {@code src/test/js} under Node against running nodes, with the client installed as npm takes it from
 * the first of them. {@code package.json} there names what else they need. They run in {@code target/js}.
 */
final class Scripts {
    private static final Path TESTS = Path.of("src/test/js");
    private static final Path PAGE = Path.of("src/main/resources/web");
    private static final Path CONSOLE = Path.of("src/main/resources/console");
    private static final Path PLACE = Path.of("target/js");
    private static final int OLDEST = 20;
    private static final int WITH_SOCKETS = 22;
    private static final Pattern PASSED = Pattern.compile("^# pass (\\d+)$", Pattern.MULTILINE);

    private final Path node;
    private final int version;
    private final Path npm;

    private Scripts(Path node, int version, Path npm) {
        this.node = node;
        this.version = version;
        this.npm = npm;
    }

    /** Copies the scripts; a test that cannot run them here is skipped, or fails, as {@link Tool} says. */
    static Scripts copied() throws IOException, InterruptedException {
        Path node = Tool.NODE.require();
        int version = version(node);
        if (version < OLDEST) {
            Tool.NODE.missing(node + " is version " + version + ", and the client needs " + OLDEST);
        }
        copy(TESTS, PLACE);
        copy(CONSOLE, PLACE.resolve("console"));
        copy(PAGE, PLACE.resolve("page"));
        return new Scripts(node, version, Tool.NPM.require());
    }

    /**
     * Installs the client from a node, with what the scripts need: that of {@code package.json} only once, and then
     * without a network; that of other folders each time, as npm removes what is not asked for.
     *
     * @return the client's version
     */
    String install(NodeProcess from, String... folders) throws IOException, InterruptedException {
        if (!packages("").stream().allMatch(Scripts::isThere)) {
            npmInstall(List.of());
        }
        List<String> wanted = new ArrayList<>();
        wanted.add("http://127.0.0.1:" + from.port() + "/client/baton-client.tgz");
        for (String folder : folders) {
            wanted.addAll(packages(folder));
        }
        npmInstall(wanted);
        return json(PLACE.resolve("node_modules/baton-client/package.json")).getString("version");
    }

    /**
     * Runs all scripts of a folder, and fails unless at least so many tests pass, none fails and none is skipped. What
     * they print is in {@code target/it-logs}.
     */
    void run(String folder, int atOnce, long minutes, int least, Map<String, String> environment)
            throws IOException, InterruptedException {
        String name = folder.isEmpty() ? "javascript" : "javascript-" + folder.replace('/', '-');
        Path printed = Files.createDirectories(Path.of("target/it-logs")).resolve(name + ".txt");
        List<String> command = new ArrayList<>(
                List.of(node.toString(), "--test", "--test-reporter=tap", "--test-concurrency=" + atOnce));
        if (version < WITH_SOCKETS) {
            command.add("--experimental-websocket");
        }
        command.addAll(files(folder));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(PLACE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(minutes, TimeUnit.MINUTES))
                    .as("ends within %d minutes", minutes)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(printed);
        assertThat(process.exitValue()).as(text).isZero();
        Matcher passed = PASSED.matcher(text);
        assertThat(passed.find()).as(text).isTrue();
        assertThat(Integer.parseInt(passed.group(1))).as(text).isGreaterThanOrEqualTo(least);
        assertThat(text).contains("# skipped 0");
    }

    private void npmInstall(List<String> packages) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(npm.toString(), "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit"));
        command.addAll(packages);
        Process process = new ProcessBuilder(command)
                .directory(PLACE.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            Tool.NPM.missing("npm could not install " + packages + ": " + printed);
        }
    }

    /** What {@code package.json} in a folder names, each with its version. */
    private static List<String> packages(String folder) throws IOException {
        return json(PLACE.resolve(folder).resolve("package.json")).getJsonObject("devDependencies").stream()
                .map(entry -> entry.getKey() + "@" + entry.getValue())
                .toList();
    }

    private static boolean isThere(String versioned) {
        String name = versioned.substring(0, versioned.lastIndexOf('@'));
        return Files.exists(PLACE.resolve("node_modules/" + name + "/package.json"));
    }

    private static JsonObject json(Path file) throws IOException {
        return new JsonObject(Files.readString(file));
    }

    private static List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(TESTS.resolve(folder))) {
            return files.map(TESTS::relativize)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".test.js"))
                    .sorted()
                    .toList();
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

    /** The addresses of nodes for scripts that are to use those. */
    static Map<String, String> nodes(NodeProcess... nodes) {
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "BATON_NODES",
                String.join(",", Stream.of(nodes).map(NodeProcess::uri).toList()));
        return environment;
    }
}
