package dev.baton.config;

import java.util.Locale;
import java.util.Set;

/**
 * Which web pages may open a socket. A browser names the page's origin in every handshake, and that is all that keeps a
 * foreign page from using a visitor's session; so the comparison is exact, without patterns.
 *
 * @param any every page may
 * @param same a page that this node's own address served may: its origin names the host and port that were asked for
 * @param exact further origins, in the form a browser sends them ({@code https://example.com}, lower case, no path)
 */
public record Origins(boolean any, boolean same, Set<String> exact) {

    /** Only pages from the node's own address. */
    public static final Origins SAME = new Origins(false, true, Set.of());

    public Origins {
        exact = Set.copyOf(exact);
    }

    /**
     * Whether a handshake may go on. What is not a browser sends no {@code Origin}; such a request has nobody's session
     * to abuse, and whether to let it in is the caller's decision, not this one.
     *
     * @param origin the value of the {@code Origin} header; {@code null} in letters (a sandboxed page) is only let in
     *     by {@code *}
     * @param host the value of the {@code Host} header, empty where there is none
     */
    public boolean allows(String origin, String host) {
        if (any || exact.contains(origin.toLowerCase(Locale.ROOT))) {
            return true;
        }
        return same && isSame(origin.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT));
    }

    /** The scheme is not compared: behind a proxy that ends TLS the page has {@code https} and the node does not. */
    private static boolean isSame(String origin, String host) {
        if (host.isEmpty()) {
            return false;
        }
        if (origin.startsWith("http://")) {
            return authority(origin.substring(7), ":80").equals(authority(host, ":80"));
        }
        return origin.startsWith("https://")
                && authority(origin.substring(8), ":443").equals(authority(host, ":443"));
    }

    private static String authority(String text, String defaultPort) {
        return text.endsWith(defaultPort) ? text.substring(0, text.length() - defaultPort.length()) : text;
    }
}
