package dev.baton.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manual's page on security names tests; each of them is there. */
class SecurityPageTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyRowNamesATestThatExists() throws IOException {
        String page = Files.readString(Path.of("src/site/markdown/security.md"));
        List<MatchResult> named = NAMED.matcher(page).results().toList();
        assertThat(named).hasSizeGreaterThan(40);
        Map<String, String> sources = sources();
        assertThat(named).allSatisfy(test -> assertThat(sources.getOrDefault(test.group(1), ""))
                .as(test.group())
                .containsPattern(
                        "(@Test|@ParameterizedTest|@MethodSource|@ValueSource)[^;]*void " + test.group(2) + "\\("));
        List<String> rows = page.lines()
                .dropWhile(line -> !line.startsWith("| attack"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(rows).isNotEmpty().allMatch(row -> NAMED.matcher(row).find(), "names its test");
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        return sources;
    }
}
