package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its user meets it: a process, what it prints, and the status it ends with. */
class BatonApplicationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the jar's manifest asks of the JVM; a class path does not, and the verticle here is not in the jar. */
    private static final List<String> MODULES = List.of(
            "--add-modules",
            "java.se",
            "--add-exports",
            "java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens",
            "java.base/java.lang=ALL-UNNAMED",
            "--add-opens",
            "java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens",
            "java.management/sun.management=ALL-UNNAMED",
            "--add-opens",
            "jdk.management/com.sun.management.internal=ALL-UNNAMED");

    private static final String JAR = System.getProperty("baton.jar");

    @TempDir
    Path directory;

    private final String clusterPort = Integer.toString(FreePorts.inARow(20));
    private final List<Program> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(program -> program.process.destroyForcibly());
    }

    @Test
    void anUnknownKeyStopsTheStartWithOneLine() throws Exception {
        Program program = jar(Map.of(), "-conf", "{\"http\":{\"prot\":1}}");

        program.failsWith("baton: unknown key \"http.prot\" in -conf; did you mean \"http.port\"?");
    }

    @Test
    void aBadValueStopsTheStartWithOneLine() throws Exception {
        Program program = jar(Map.of("BATON_HTTP_PORT", "eighty"));

        program.failsWith("baton: http.port (environment BATON_HTTP_PORT): \"eighty\" is not allowed; allowed: a whole"
                + " number from 0 to 65535");
    }

    @Test
    void aBadStandardFileStopsTheStartWithOneLine() throws Exception {
        Files.createDirectories(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/config.json"), "{\"http.port\": 1,}");

        jar(Map.of()).failsWith("baton: conf/config.json is not JSON at line 1, column 17");
    }

    @Test
    void badJsonInAnOptionStopsTheStartWithOneLine() throws Exception {
        jar(Map.of(), "-conf", "{").failsWith("baton: -conf is not JSON at line 1, column 2");
        jar(Map.of(), "-options", "{").failsWith("baton: -options is not JSON at line 1, column 2");
    }

    @Test
    void aMissingFileThatWasNamedStopsTheStartWithOneLine() throws Exception {
        Program program = jar(Map.of(), "-conf", "nowhere.json");

        program.failsWith("baton: -conf: there is no file \"nowhere.json\"; allowed: a file of JSON, or JSON text");
    }

    @Test
    void aClusterHostOfAnotherMachineStopsTheStartWithOneLine() throws Exception {
        Program program = jar(Map.of("BATON_CLUSTER_HOST", "198.51.100.7"));

        assertThat(program.failure())
                .hasLineCount(1)
                .startsWith(
                        "baton: cluster.host: \"198.51.100.7\" is no address of this machine; set BATON_CLUSTER_HOST");
    }

    @Test
    void aPortInUseStopsTheStartWithOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            node(Map.of("BATON_HTTP_PORT", port))
                    .failsWith("baton: http.port: " + port + " on 127.0.0.1 is in use by another program; set"
                            + " BATON_HTTP_PORT to a free port, or to 0 for any");
            node(Map.of("BATON_MANAGEMENT_PORT", port))
                    .failsWith("baton: management.port: " + port + " on 127.0.0.1 is in use by another program; set"
                            + " BATON_MANAGEMENT_PORT to a free port, or to 0 for any");
            node(Map.of("BATON_CLUSTER_BUS_PORT", port))
                    .failsWith("baton: cluster.bus-port: " + port + " on 127.0.0.1 is in use by another program; set"
                            + " BATON_CLUSTER_BUS_PORT to a free port, or to 0 for any");
        }
    }

    @Test
    void anUnknownOptionIsAMistakeInUse() throws Exception {
        Program program = jar(Map.of(), "-nonsense");

        assertThat(program.status()).isEqualTo(2);
        assertThat(program.err()).hasLineCount(1).startsWith("baton: Unknown option: '-nonsense'");
    }

    @Test
    void helpAndVersionAreGivenWithoutStarting() throws Exception {
        Program help = jar(Map.of("BATON_HTTP_PORT", "bad"), "--help");
        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("-conf", "handover.grace-closed", "BATON_CLUSTER_NODE_LEASE");

        Program version = jar(Map.of(), "--version");
        assertThat(version.status()).isZero();
        assertThat(version.out()).matches("baton \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void anOperatorSaysThatTheStoreWasRestored() throws Exception {
        Program restored =
                jar(Map.of("BATON_STORE_URL", "jdbc:sqlite:" + directory.resolve("restored.db")), "restored");
        assertThat(restored.status()).isZero();
        assertThat(restored.out()).matches("incarnation [1-9]\\d{12}: .*\\R");

        Program nowhere = jar(Map.of("BATON_STORE_URL", "jdbc:postgresql://127.0.0.1:1/none"), "restored");
        assertThat(nowhere.status()).isEqualTo(1);
        assertThat(nowhere.err()).startsWith("baton: store.url jdbc:postgresql://127.0.0.1:1/none cannot be used: ");
    }

    @Test
    void aStartPrintsOneLineAndSigtermEndsItWithStatusZero() throws Exception {
        Program program = node(Map.of());
        program.ready();

        program.process.destroy();

        assertThat(program.status()).isZero();
        assertThat(program.out()).hasLineCount(1).startsWith("baton ready node=");
        assertThat(program.err())
                .as("the verticle's farewell needs the cluster and the log while it is undeployed")
                .contains("Farewell")
                .doesNotContain("WARN", "ERROR", "Exception");
    }

    @Test
    void aDatabaseThatIsNotThereYetIsWaitedForAndAStopMeanwhileIsAtOnce() throws Exception {
        Program program = node(Map.of("BATON_STORE_URL", nowhere()));
        await().atMost(PATIENCE).until(() -> program.err().contains("waiting up to 30s (store.wait) for the store at"));

        program.process.destroy();

        assertThat(program.process.waitFor(3, TimeUnit.SECONDS)).isTrue();
        assertThat(program.status()).isZero();
        assertThat(program.out()).isEmpty();
        assertThat(program.err())
                .contains("nothing answers there as a database")
                .doesNotContain("\tat ", "Exception");
    }

    @Test
    void aDatabaseThatDoesNotComeEndsTheStartWithTheReason() throws Exception {
        Program program = node(Map.of("BATON_STORE_URL", nowhere(), "BATON_STORE_WAIT", "700ms"));

        assertThat(program.failure().lines())
                .hasSize(2)
                .last()
                .isEqualTo("baton: store.url " + nowhere() + " cannot be used: nothing answers there as a database;"
                        + " waited 700ms for it (store.wait)");
    }

    /** Nothing listens on that port of this machine. */
    private static String nowhere() {
        return "jdbc:postgresql://127.0.0.1:1/none";
    }

    @Test
    void aSecondSigtermEndsWhatTakesTooLong() throws Exception {
        Program program = node(Map.of(), "-Dbaton.test.never-stops=true");
        program.ready();
        program.process.destroy();
        await().atMost(PATIENCE).until(() -> program.err().contains("Farewell"));

        program.process.destroy();

        assertThat(program.process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(program.status()).isEqualTo(143);
    }

    @Test
    void aVerticleThatNeverEndsIsNotWaitedForWithoutBound() throws Exception {
        Program program = node(Map.of("BATON_DRAIN_TIME", "0s"), "-Dbaton.test.never-stops=true");
        program.ready();

        program.process.destroy();

        assertThat(program.status()).isZero();
        assertThat(program.err()).contains("Not everything was closed within 10 s");
    }

    @Test
    void aSecondNodeJoinsTheFirstAndLeavesItInOrder() throws Exception {
        Program first = node(Map.of());
        int port = first.ready();
        Program second = node(Map.of());
        second.ready();
        await().atMost(PATIENCE).until(() -> members(port), "2"::equals);

        second.process.destroy();

        assertThat(second.status()).isZero();
        await().atMost(Duration.ofSeconds(3)).until(() -> members(port), "1"::equals);
        first.process.destroy();
        assertThat(first.status()).isZero();
    }

    private static String members(int port) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The jar as it is shipped, for what happens before there is a verticle. */
    private Program jar(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("-jar", JAR));
        command.addAll(List.of(arguments));
        return start(command, environment);
    }

    /** The launcher around a verticle of a few lines, for what happens after. */
    private Program node(Map<String, String> environment, String... jvm) throws IOException {
        List<String> command = new ArrayList<>(MODULES);
        command.addAll(List.of(jvm));
        command.addAll(List.of(
                "-cp",
                JAR
                        + System.getProperty("path.separator")
                        + Path.of("target/test-classes").toAbsolutePath(),
                BatonApplication.class.getName(),
                ListeningVerticle.class.getName()));
        Map<String, String> all = new HashMap<>(Map.of("BATON_HTTP_PORT", "0"));
        all.putAll(environment);
        return start(command, all);
    }

    private Program start(List<String> arguments, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BATON_") || name.startsWith("JAVA_TOOL"));
        // Ports of their own: these nodes must not meet others that happen to run on this machine.
        builder.environment().put("BATON_CLUSTER_PORT", clusterPort);
        builder.environment().putAll(environment);
        Program program = new Program(builder.start(), out, err);
        started.add(program);
        return program;
    }

    private record Program(Process process, Path outFile, Path errFile) {

        private static final Pattern READY = Pattern.compile("baton ready node=\\S+ http=(\\d+) .*");

        String out() throws IOException {
            return Files.readString(outFile);
        }

        String err() throws IOException {
            return Files.readString(errFile);
        }

        /** The port that the ready line names. */
        int ready() throws IOException {
            await().atMost(PATIENCE).until(() -> !process.isAlive() || out().contains("baton ready"));
            Matcher matcher = READY.matcher(out().strip());
            assertThat(matcher.matches())
                    .as("ready line in [%s]; errors: %s", out(), err())
                    .isTrue();
            return Integer.parseInt(matcher.group(1));
        }

        int status() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
            return process.exitValue();
        }

        String failure() throws IOException, InterruptedException {
            assertThat(status()).as(err()).isEqualTo(1);
            assertThat(out()).isEmpty();
            return err();
        }

        void failsWith(String line) throws IOException, InterruptedException {
            assertThat(failure()).isEqualTo(line + System.lineSeparator());
        }
    }
}
