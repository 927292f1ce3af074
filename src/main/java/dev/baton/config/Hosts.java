package dev.baton.config;

import io.netty.util.NetUtil;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;

/**
 * The names a node answers to. A page of another site can point a name of its own at this node's address (DNS
 * rebinding); the browser then takes node and page for one origin, and only the name in the {@code Host} header tells
 * the request from an honest one. Loopback names and the bound address are always answered: no other site can own them.
 *
 * @param any every name is answered; for nodes behind a proxy that checks names itself
 * @param names further names, in lower case, without ports
 */
public record Hosts(boolean any, Set<String> names) {

    /** Loopback names and the bound address only. */
    public static final Hosts BOUND = new Hosts(false, Set.of());

    public Hosts {
        names = Set.copyOf(names);
    }

    /**
     * Whether a request with this {@code Host} is answered. The port is not compared: a proxy or a published container
     * port may have changed it.
     *
     * @param host the value of the {@code Host} header
     * @param bound the host that the port is bound to, as set; with a wildcard address every IP address is answered,
     *     since any may lead here and none can be rebound
     */
    public boolean answers(String host, String bound) {
        if (any) {
            return true;
        }
        HostAndPort parsed = HostAndPort.parseAuthority(host, -1);
        if (parsed == null) {
            return false;
        }
        String name = plain(parsed.host());
        return names.contains(name)
                || name.equals(plain(bound))
                || isLoopback(name)
                || (isWildcard(plain(bound)) && isAddress(name));
    }

    /** Whether nothing but this machine is reached under the name, by its letters alone. */
    static boolean isLoopback(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("0:0:0:0:0:0:0:1")
                || (NetUtil.isValidIpV4Address(name) && name.startsWith("127."));
    }

    private static boolean isWildcard(String name) {
        return name.equals("0.0.0.0") || name.equals("::");
    }

    private static boolean isAddress(String name) {
        return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    /** In lower case, without the brackets of an IPv6 address and without the dot that ends an absolute name. */
    static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[") && lower.endsWith("]")) {
            return lower.substring(1, lower.length() - 1);
        }
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
