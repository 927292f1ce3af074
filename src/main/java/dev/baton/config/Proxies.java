package dev.baton.config;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trusted proxies. Any client can write any address into {@code X-Forwarded-For}; only what a
 * trusted proxy has appended is true. Immutable; any thread.
 *
 * @param networks as set: addresses, or networks as {@code 10.0.0.0/8}
 */
public record Proxies(List<String> networks) {

    /** No trusted proxy: the client is the peer of the connection. */
    public static final Proxies NONE = new Proxies(List.of());

    private static final Pattern FORWARDED_FOR = Pattern.compile("for=\"?([^;,\"]+)\"?", Pattern.CASE_INSENSITIVE);

    public Proxies {
        networks = List.copyOf(networks);
    }

    /** The networks that a text with commas lists; empty when one of them is none. */
    static Optional<Proxies> parse(String text) {
        List<String> networks =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        return networks.stream().allMatch(network -> rule(network).isPresent())
                ? Optional.of(new Proxies(networks))
                : Optional.empty();
    }

    private static Optional<IpSubnetFilterRule> rule(String network) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(network.split("/", 2)[0]);
        if (address == null) {
            return Optional.empty();
        }
        String whole = network.indexOf('/') < 0 ? network + "/" + 8 * address.getAddress().length : network;
        try {
            return Optional.of(new IpSubnetFilterRule(whole, IpFilterRuleType.ACCEPT));
        } catch (IllegalArgumentException noNetwork) {
            return Optional.empty();
        }
    }

    /** Whether this is the address of a trusted proxy. */
    public boolean trusts(String address) {
        InetAddress known = NetUtil.createInetAddressFromIpAddressString(address);
        return known != null
                && networks.stream()
                        .anyMatch(network -> rule(network).orElseThrow().matches(new InetSocketAddress(known, 0)));
    }

    /**
     * The address of the client behind a connection: of the addresses that were forwarded the last that is no trusted
     * proxy's, or the connection's own. Where {@code X-Forwarded-For} and {@code Forwarded} disagree the proxy has
     * passed one of them on unread, and neither is believed.
     *
     * @param remote where the connection comes from
     * @param forwardedFor the values of {@code X-Forwarded-For}, in order
     * @param forwarded the values of {@code Forwarded}, in order
     */
    public String client(String remote, List<String> forwardedFor, List<String> forwarded) {
        if (networks.isEmpty() || (forwardedFor.isEmpty() && forwarded.isEmpty())) {
            return remote;
        }
        String byList = last(remote, split(forwardedFor));
        String byField =
                last(remote, split(forwarded).stream().map(Proxies::field).toList());
        if (forwarded.isEmpty() || byList.equals(byField)) {
            return byList;
        }
        return forwardedFor.isEmpty() ? byField : remote;
    }

    private String last(String remote, List<String> chain) {
        String client = remote;
        for (int i = chain.size() - 1; i >= 0 && trusts(client); i--) {
            Optional<String> before = address(chain.get(i));
            if (before.isEmpty()) {
                break; // "unknown", or a name that the proxy has made up
            }
            client = before.get();
        }
        return client;
    }

    private static List<String> split(List<String> values) {
        List<String> parts = new ArrayList<>();
        values.forEach(value -> parts.addAll(
                Arrays.stream(value.split(",", -1)).map(String::strip).toList()));
        return parts;
    }

    private static String field(String element) {
        Matcher matcher = FORWARDED_FOR.matcher(element);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** With a port or without. */
    private static Optional<String> address(String text) {
        if (NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text)) {
            return Optional.of(text);
        }
        return Optional.ofNullable(HostAndPort.parseAuthority(text, -1))
                .map(parsed -> parsed.host().replaceAll("[\\[\\]]", ""))
                .filter(host -> NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host));
    }
}
