package dev.baton.config;

import java.util.OptionalInt;

/**
 * A machine in the network, and a port where one was named.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 1–65535, or empty: every port that a node may have taken
 */
public record HostPort(String host, OptionalInt port) {

    /** As it is written in a setting: {@code host}, {@code host:port} or {@code [::1]:port}. */
    @Override
    public String toString() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port.isPresent() ? name + ":" + port.getAsInt() : name;
    }
}
