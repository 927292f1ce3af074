package dev.baton.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the jar is made of, by the bill that the build writes: complete, pinned, and past every hole that is known. */
class SupplyChainIT {

    /**
     * The first version without the hole, by group and name; a name that ends with a hyphen is the beginning of
     * several. The manual's page on security names the holes.
     */
    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry("io.vertx:vertx-core", "5.0.12"),
            Map.entry("io.vertx:vertx-web", "5.0.12"),
            Map.entry("io.netty:netty-", "4.2.18"),
            Map.entry("com.hazelcast:hazelcast", "5.3.5"),
            Map.entry("org.postgresql:postgresql", "42.7.7"),
            Map.entry("org.xerial:sqlite-jdbc", "3.50.2.0"),
            Map.entry("com.nimbusds:nimbus-jose-jwt", "10.0.2"),
            Map.entry("ch.qos.logback:logback-", "1.5.19"),
            Map.entry("com.fasterxml.jackson.core:jackson-core", "2.15.0"));

    /** Libraries that others carry inside them under names of their own. */
    private static final Set<String> SWALLOWED = Set.of(
            "com.fasterxml.jackson.jr:jackson-jr-annotation-support",
            "com.fasterxml.jackson.jr:jackson-jr-objects",
            "com.github.erosb:everit-json-schema",
            "com.github.stephenc.jcip:jcip-annotations",
            "com.google.code.gson:gson",
            "com.hazelcast:hazelcast-tpc-engine",
            "io.github.classgraph:classgraph",
            "org.jctools:jctools-core",
            "org.jctools:jctools-core-jdk11",
            "org.json:json",
            "org.snakeyaml:snakeyaml-engine");

    private static Map<String, String> components() throws IOException {
        Path file = Path.of(System.getProperty("baton.test.sbom", "target/baton-sbom.json"));
        // The bill is not written offline, and one that lies there from before is of another jar.
        assumeTrue(
                Files.exists(file)
                        && Files.getLastModifiedTime(file)
                                        .compareTo(Files.getLastModifiedTime(file.resolveSibling("baton-classes.jar")))
                                >= 0,
                "this build wrote no bill");
        JsonObject bill = new JsonObject(Files.readString(file));
        Map<String, String> components = new TreeMap<>();
        for (Object one : bill.getJsonArray("components")) {
            JsonObject component = (JsonObject) one;
            components.put(
                    component.getString("group") + ":" + component.getString("name"), component.getString("version"));
        }
        return components;
    }

    @Test
    void nothingIsOlderThanTheVersionThatMendedAKnownHole() throws IOException {
        Map<String, String> components = components();
        FIXED.forEach((name, fixed) -> {
            List<Map.Entry<String, String>> found = components.entrySet().stream()
                    .filter(component -> component.getKey().equals(name)
                            || (name.endsWith("-") && component.getKey().startsWith(name)))
                    .toList();
            assertThat(found).as(name).isNotEmpty();
            assertThat(found)
                    .allSatisfy(component -> assertThat(Arrays.compare(numbers(component.getValue()), numbers(fixed)))
                            .as(component.getKey() + " " + component.getValue() + ", mended in " + fixed)
                            .isNotNegative());
        });
    }

    @Test
    void everyVersionIsARelease() throws IOException {
        assertThat(components().values())
                .allSatisfy(version -> assertThat(version).doesNotContain("SNAPSHOT", "alpha", "beta", "LATEST"));
    }

    /** By the descriptors that Maven leaves in the jars it builds, so as far as a library has one. */
    @Test
    void whatIsInTheJarIsOnTheBill() throws IOException {
        Map<String, String> components = components();
        try (JarFile jar = new JarFile(System.getProperty("baton.jar", "target/baton.jar"))) {
            List<String> inside = jar.stream()
                    .map(entry -> entry.getName().split("/", -1))
                    .filter(path -> path.length == 5 && path[1].equals("maven") && path[4].equals("pom.properties"))
                    .map(path -> path[2] + ":" + path[3])
                    .filter(name -> !name.equals("dev.baton:baton"))
                    .filter(name -> !SWALLOWED.contains(name))
                    .toList();
            assertThat(inside).hasSizeGreaterThan(20);
            assertThat(components.keySet()).containsAll(inside);
        }
    }

    private static int[] numbers(String version) {
        int[] parts = Arrays.stream(version.split("[.-]", -1))
                .filter(part -> part.matches("\\d{1,9}"))
                .mapToInt(Integer::parseInt)
                .toArray();
        return IntStream.range(0, 4).map(i -> i < parts.length ? parts[i] : 0).toArray();
    }
}
