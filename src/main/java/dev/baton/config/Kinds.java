package dev.baton.config;

import static java.util.stream.Collectors.joining;

import io.netty.util.NetUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of values there are, each with its written form. */
final class Kinds {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})(B|KiB|MiB|GiB)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern HOST_PORT = Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\[\\]]+))(?::(\\d{1,5}))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#@\\s*]+");

    /** Where a JDBC URL may carry a password: as a parameter, or before the host as some drivers take it. */
    private static final Pattern SECRET_IN_URL =
            Pattern.compile("((?:password|pass|pwd)=)[^&;]*|(//[^/@:]*:)[^/@]*(?=@)", Pattern.CASE_INSENSITIVE);

    /** Stands for what is answered in any case. */
    private static final String BOUND = "bound";

    /** Stands for no proxy. */
    private static final String NOBODY = "none";

    private Kinds() {}

    static Kind<Integer> number(int least, int most) {
        return new Kind<>(
                "a whole number from " + least + " to " + most,
                text -> whole(text).filter(n -> n >= least && n <= most).map(Long::intValue),
                n -> Optional.of(Integer.toString(n)));
    }

    static Kind<OptionalInt> optionalNumber(int least, int most) {
        Kind<Integer> number = number(least, most);
        return new Kind<>(
                number.allowed(),
                text -> number.parse().apply(text).map(OptionalInt::of),
                value -> value.isPresent() ? Optional.of(Integer.toString(value.getAsInt())) : Optional.empty());
    }

    /** Whole milliseconds from {@code least} to {@code most}, both written as a setting is. */
    static Kind<Duration> duration(String least, String most) {
        Duration from = parseDuration(least).orElseThrow();
        Duration to = parseDuration(most).orElseThrow();
        return new Kind<>(
                "a duration from " + least + " to " + most + ", written as 250ms, 5s, 2m or 1h",
                text -> parseDuration(text).filter(d -> d.compareTo(from) >= 0 && d.compareTo(to) <= 0),
                duration -> Optional.of(writeDuration(duration)));
    }

    /** Bytes from {@code least} to {@code most}, both written as a setting is. */
    static Kind<Integer> size(String least, String most) {
        long from = parseSize(least).orElseThrow();
        long to = parseSize(most).orElseThrow();
        return new Kind<>(
                "a size from " + least + " to " + most + ", written as 8KiB, 1MiB or in bytes",
                text -> parseSize(text).filter(n -> n >= from && n <= to).map(Long::intValue),
                n -> Optional.of(writeSize(n)));
    }

    static Kind<String> host() {
        return text("a host name or an IP address", HOST.asMatchPredicate());
    }

    static Kind<String> name() {
        return text("1 to 64 of the characters A-Z a-z 0-9 . _ -", NAME.asMatchPredicate());
    }

    /** Text without line breaks, which would make it another text in a header or a log. */
    static Kind<String> line() {
        return text("text in one line", text -> text.chars().noneMatch(Character::isISOControl));
    }

    static Kind<String> any(String allowed) {
        return text(allowed, text -> true);
    }

    /** Shorter than the hash is weaker than the hash (RFC 7518, 3.2). */
    static Kind<String> hs256Secret() {
        return text("at least 32 bytes", text -> text.getBytes(StandardCharsets.UTF_8).length >= 32);
    }

    static Kind<String> storeUrl() {
        return text(
                "jdbc:sqlite:PATH or jdbc:postgresql://HOST/DATABASE",
                text -> starts(text, "jdbc:sqlite:") || starts(text, "jdbc:postgresql:"));
    }

    static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        Map<String, E> byText = new TreeMap<>();
        Stream.of(type.getEnumConstants()).forEach(e -> byText.put(e.name().toLowerCase(Locale.ROOT), e));
        List<String> inOrder = Stream.of(type.getEnumConstants())
                .map(e -> e.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Kind<>(
                String.join(" or ", inOrder),
                text -> Optional.ofNullable(byText.get(text)),
                e -> Optional.of(e.name().toLowerCase(Locale.ROOT)));
    }

    /** A secret that a person may have to type, and nobody can guess. */
    static Kind<String> password() {
        return new Kind<>(
                "16 to 1000 letters, digits and other visible ASCII characters",
                text -> Optional.of(text).filter(given -> given.matches("[!-~]{16,1000}")),
                Optional::of);
    }

    static Kind<List<HostPort>> members() {
        return new Kind<>(
                "a comma-separated list of HOST or HOST:PORT",
                text -> all(text, Kinds::parseHostPort),
                list -> list.isEmpty()
                        ? Optional.empty()
                        : Optional.of(list.stream().map(HostPort::toString).collect(joining(","))));
    }

    static Kind<Origins> origins() {
        return new Kind<>(
                "same-origin, *, or a comma-separated list of origins such as https://example.com (no path)",
                Kinds::parseOrigins,
                origins -> Optional.of(writeOrigins(origins)));
    }

    static Kind<Hosts> hosts() {
        return new Kind<>(
                "bound, *, or a comma-separated list of host names or IP addresses (no port)",
                Kinds::parseHosts,
                hosts -> Optional.of(writeHosts(hosts)));
    }

    static Kind<Proxies> proxies() {
        return new Kind<>(
                "none, or a comma-separated list of IP addresses and networks such as 10.0.0.0/8",
                text -> text.equals(NOBODY) ? Optional.of(Proxies.NONE) : Proxies.parse(text),
                proxies -> Optional.of(proxies.equals(Proxies.NONE) ? NOBODY : String.join(",", proxies.networks())));
    }

    /** The text with every password in it replaced, for messages. */
    static String withoutSecrets(String url) {
        return SECRET_IN_URL
                .matcher(url)
                .replaceAll(match -> (match.group(1) != null ? match.group(1) : match.group(2)) + "***");
    }

    private static Kind<String> text(String allowed, Predicate<String> test) {
        return new Kind<>(
                allowed, text -> Optional.of(text).filter(t -> !t.isBlank()).filter(test), Optional::of);
    }

    private static boolean starts(String text, String prefix) {
        return text.startsWith(prefix) && text.length() > prefix.length();
    }

    private static Optional<Long> whole(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Optional<Duration> parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    /** In the largest unit that shows it exactly. */
    static String writeDuration(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 60_000 != 0) {
            return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
        }
        return millis % 3_600_000 == 0 ? millis / 3_600_000 + "h" : millis / 60_000 + "m";
    }

    private static Optional<Long> parseSize(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        return Optional.of(amount
                << switch (unit) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    default -> 0;
                });
    }

    private static String writeSize(int bytes) {
        if (bytes == 0 || bytes % 1024 != 0) {
            return Integer.toString(bytes);
        }
        return bytes % (1024 * 1024) == 0 ? bytes / (1024 * 1024) + "MiB" : bytes / 1024 + "KiB";
    }

    private static Optional<HostPort> parseHostPort(String text) {
        if (HOST.matcher(text).matches() && text.indexOf(':') != text.lastIndexOf(':')) {
            return Optional.of(new HostPort(text, OptionalInt.empty()));
        }
        Matcher matcher = HOST_PORT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        if (!HOST.matcher(host).matches()) {
            return Optional.empty();
        }
        if (matcher.group(3) == null) {
            return Optional.of(new HostPort(host, OptionalInt.empty()));
        }
        int port = Integer.parseInt(matcher.group(3));
        return port >= 1 && port <= 65_535 ? Optional.of(new HostPort(host, OptionalInt.of(port))) : Optional.empty();
    }

    private static Optional<Origins> parseOrigins(String text) {
        Set<String> exact = new HashSet<>();
        boolean any = false;
        boolean same = false;
        for (String part : text.split(",", -1)) {
            String origin = part.strip().toLowerCase(Locale.ROOT);
            if (origin.equals("*")) {
                any = true;
            } else if (origin.equals("same-origin")) {
                same = true;
            } else if (isOrigin(origin)) {
                exact.add(origin);
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new Origins(any, same, exact));
    }

    private static boolean isOrigin(String text) {
        try {
            return ORIGIN.matcher(text).matches() && new URI(text).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String writeOrigins(Origins origins) {
        return Stream.of(
                        origins.any() ? Stream.of("*") : Stream.<String>empty(),
                        origins.same() ? Stream.of("same-origin") : Stream.<String>empty(),
                        new TreeSet<>(origins.exact()).stream())
                .flatMap(parts -> parts)
                .collect(joining(","));
    }

    private static Optional<Hosts> parseHosts(String text) {
        Set<String> names = new HashSet<>();
        boolean any = false;
        for (String part : text.split(",", -1)) {
            String name = part.strip();
            if (name.equals("*")) {
                any = true;
            } else if (isName(Hosts.plain(name))) {
                names.add(Hosts.plain(name));
            } else {
                return Optional.empty();
            }
        }
        names.remove(BOUND);
        return Optional.of(new Hosts(any, names));
    }

    private static boolean isName(String text) {
        return text.indexOf(':') < 0 ? HOST.matcher(text).matches() : NetUtil.isValidIpV6Address(text);
    }

    private static String writeHosts(Hosts hosts) {
        if (hosts.equals(Hosts.BOUND)) {
            return BOUND;
        }
        return Stream.concat(hosts.any() ? Stream.of("*") : Stream.empty(), new TreeSet<>(hosts.names()).stream())
                .collect(joining(","));
    }

    private static <T> Optional<List<T>> all(String text, Function<String, Optional<T>> parse) {
        List<Optional<T>> parts =
                Arrays.stream(text.split(",", -1)).map(String::strip).map(parse).toList();
        return parts.stream().allMatch(Optional::isPresent)
                ? Optional.of(parts.stream().map(Optional::get).toList())
                : Optional.empty();
    }
}
