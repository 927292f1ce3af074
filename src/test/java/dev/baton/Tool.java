package dev.baton;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program that some tests need and Maven does not bring. Where it is missing they are skipped, and say so; where it
 * is named in {@code REQUIRE_TOOLS} in the environment
 * ({@code chromium faketime firefox haproxy nginx node npm pgbouncer strace}) they fail instead, so that nothing is
 * left out without a word where it has to run.
 */
public enum Tool {
    /** Node.js, 20 or newer. */
    NODE("node nodejs"),
    /** The packages' installer that comes with Node.js. */
    NPM("npm"),
    /** Chromium, or Chrome. */
    CHROMIUM("chromium chromium-browser google-chrome google-chrome-stable"),
    /** Firefox, as released or with extended support. */
    FIREFOX("firefox firefox-esr"),
    /** Gives a process a clock of its own. */
    FAKETIME("faketime"),
    /** Tells which system calls a process makes. */
    STRACE("strace"),
    /** Shares a few connections to PostgreSQL among many clients. */
    PGBOUNCER("pgbouncer"),
    /** A proxy. */
    NGINX("nginx"),
    /** A balancer. */
    HAPROXY("haproxy");

    private final String names;

    Tool(String names) {
        this.names = names;
    }

    /** Where it is; without it the test that asks ends here. */
    public Path require() {
        Optional<Path> found = find();
        if (found.isEmpty()) {
            missing("on the path there is none of: " + names);
        }
        return found.orElseThrow();
    }

    /** Ends the test that calls: skipped, or failed where everything has to run. */
    public void missing(String why) {
        String required = Optional.ofNullable(System.getenv("REQUIRE_TOOLS")).orElse("");
        if (List.of(required.split(" ", -1)).contains(name().toLowerCase(Locale.ROOT))) {
            throw new AssertionError(why + ", and REQUIRE_TOOLS names it");
        }
        System.out.println("Skipped: " + why);
        abort(why);
    }

    private Optional<Path> find() {
        // Where Debian puts servers, is not on everybody's path.
        List<String> folders = Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse("") + File.pathSeparator + "/usr/sbin")
                .toList();
        return Pattern.compile(" ")
                .splitAsStream(names)
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .flatMap(path -> Files.isExecutable(path) ? Stream.of(path) : Stream.empty())
                .findFirst();
    }
}
