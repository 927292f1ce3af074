package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar with the Java client alone. */
class ClientJarIT {
    private static final Path JAR = NodeJvm.JAR.resolveSibling("baton-client.jar");
    private static final Path SOURCES = NodeJvm.JAR.resolveSibling("baton-client-sources.jar");
    private static final String OWN = "dev/baton/client/";

    /** What vertx-core brings along. */
    private static final Pattern VERTX = Pattern.compile(".*/(vertx-core|netty-|jackson-core)[^/]*\\.jar");

    @Test
    void itsClassesLoadWithNothingButVertxCore() throws Exception {
        List<URL> needed = new ArrayList<>(List.of(JAR.toUri().toURL()));
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (VERTX.matcher(part).matches()) {
                needed.add(Path.of(part).toUri().toURL());
            }
        }
        List<String> classes = names(JAR, ".class");
        assertThat(classes).contains(OWN + "ReconnectingClient.class");
        try (URLClassLoader alone =
                new URLClassLoader(needed.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            for (String name : classes) {
                String type = name.replace('/', '.').substring(0, name.length() - ".class".length());
                Class<?> loaded = Class.forName(type, true, alone);
                assertThat(loaded.getDeclaredMethods()).as(type).isNotNull();
                assertThat(loaded.getClassLoader()).as(type).isSameAs(alone);
            }
        }
    }

    @Test
    void itHasNothingOfTheNodeAndItsSourcesAreBesideIt() throws Exception {
        assertThat(names(JAR, "")).allMatch(name -> name.startsWith(OWN) || name.startsWith("META-INF/"));
        assertThat(names(SOURCES, ".java")).contains(OWN + "ReconnectingClient.java");
    }

    private static List<String> names(Path jar, String end) throws Exception {
        try (JarFile file = new JarFile(jar.toFile());
                Stream<String> names =
                        file.stream().filter(entry -> !entry.isDirectory()).map(entry -> entry.getName())) {
            return names.filter(name -> name.endsWith(end)).toList();
        }
    }
}
