package dev.baton.config;

import dev.baton.config.Settings.AuthMode;
import dev.baton.config.SettingsLoader.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What settings that are fine one by one have to be together. */
final class Relations {

    private Relations() {}

    /** @throws SettingsException naming both keys, and where the one at fault was set */
    static void check(Settings settings, Values values) {
        twice(settings, values, Keys.HEARTBEAT_TIMEOUT, Keys.HEARTBEAT_INTERVAL);
        twice(settings, values, Keys.HEARTBEAT_EDITOR_TIMEOUT, Keys.HEARTBEAT_EDITOR_INTERVAL);
        notMore(settings, values, Keys.LIMITS_HELLO_BYTES, Keys.LIMITS_MESSAGE);
        notMore(settings, values, Keys.LIMITS_MESSAGE, Keys.LIMITS_UNREAD);
        ports(settings, values);
        members(values);
        tls(values);
        management(settings, values);
        auth(settings, values);
    }

    /** The management port gives locks to others, and removes people. */
    private static void management(Settings settings, Values values) {
        String host = settings.management().host();
        if (settings.management().token().isEmpty() && !Hosts.isLoopback(Hosts.plain(host))) {
            throw new SettingsException("management.token must be set when management.host"
                    + at(values, Keys.MANAGEMENT_HOST) + " is " + Messages.quote(host)
                    + ": others can reach it; set BATON_MANAGEMENT_TOKEN or BATON_MANAGEMENT_TOKEN_FILE");
        }
    }

    /** One lost ping or one late pong must not make anybody look dead. */
    private static void twice(Settings settings, Values values, Key<Duration> timeout, Key<Duration> interval) {
        Duration least = interval.get().apply(settings).multipliedBy(2);
        if (timeout.get().apply(settings).compareTo(least) < 0) {
            throw wrong(settings, values, timeout, interval, "must be at least twice");
        }
    }

    private static void notMore(Settings settings, Values values, Key<Integer> small, Key<Integer> large) {
        if (small.get().apply(settings) > large.get().apply(settings)) {
            throw wrong(settings, values, small, large, "must be at most");
        }
    }

    /** Ports that are bound to the same address; the first that starts would take it from the other. */
    private static void ports(Settings settings, Values values) {
        if (settings.managementPort() > 65_535) {
            throw new SettingsException(
                    "management.port must be set when http.port is 65535: the port after it does not exist");
        }
        List<Bound> all = List.of(
                new Bound(
                        Keys.CLUSTER_PORT,
                        settings.cluster().host(),
                        settings.cluster().port()),
                new Bound(
                        Keys.CLUSTER_BUS_PORT,
                        settings.cluster().host(),
                        settings.cluster().busPort()),
                new Bound(
                        Keys.HTTP_PORT, settings.http().host(), settings.http().port()),
                new Bound(Keys.MANAGEMENT_PORT, settings.management().host(), settings.managementPort()));
        for (Bound one : all) {
            for (Bound other : all.subList(0, all.indexOf(one))) {
                if (one.collidesWith(other)) {
                    throw new SettingsException(one.key().name() + at(values, one.key()) + " and "
                            + other.key().name() + at(values, other.key()) + " are both " + one.port());
                }
            }
        }
    }

    private record Bound(Key<?> key, String host, int port) {

        boolean collidesWith(Bound other) {
            return port != 0
                    && port == other.port
                    && (host.equals(other.host) || isWildcard(host) || isWildcard(other.host));
        }

        private static boolean isWildcard(String host) {
            return host.equals("0.0.0.0") || host.equals("::");
        }
    }

    private static void tls(Values values) {
        boolean certificate = values.source(Keys.HTTP_TLS_CERTIFICATE).isPresent();
        if (certificate != values.source(Keys.HTTP_TLS_KEY).isPresent()) {
            throw new SettingsException("http.tls.certificate and http.tls.key go together; "
                    + (certificate ? "http.tls.key" : "http.tls.certificate") + " is missing");
        }
    }

    private static void members(Values values) {
        Optional<String> service = values.source(Keys.CLUSTER_KUBERNETES_SERVICE);
        Optional<String> members = values.source(Keys.CLUSTER_MEMBERS);
        if (service.isPresent() && members.isPresent()) {
            throw new SettingsException("cluster.kubernetes-service (" + service.get() + ") and cluster.members ("
                    + members.get() + ") are both set; set the one to join through");
        }
    }

    private static void auth(Settings settings, Values values) {
        boolean explicit = values.source(Keys.AUTH_MODE).isPresent();
        if (settings.auth().mode() == AuthMode.NONE) {
            String host = settings.http().host();
            if (!explicit && !Hosts.isLoopback(Hosts.plain(host))) {
                throw new SettingsException("auth.mode must be set when http.host" + at(values, Keys.HTTP_HOST) + " is "
                        + Messages.quote(host) + ": others can reach it; allowed: jwt, or none to let anybody in");
            }
            return;
        }
        Settings.Jwt jwt = settings.auth().jwt();
        long keys = Stream.of(jwt.secret(), jwt.publicKey(), jwt.jwks())
                .filter(Optional::isPresent)
                .count();
        if (keys != 1) {
            throw new SettingsException(
                    "auth.mode" + at(values, Keys.AUTH_MODE) + " is jwt, which takes exactly one of "
                            + "auth.jwt-secret, auth.jwt-public-key and auth.jwt-jwks; " + keys + " are set");
        }
    }

    private static SettingsException wrong(
            Settings settings, Values values, Key<?> key, Key<?> other, String relation) {
        return new SettingsException(
                key.name() + at(values, key) + ": " + key.text(settings).orElse("") + " "
                        + relation + " " + other.name() + at(values, other) + ", which is "
                        + other.text(settings).orElse(""));
    }

    private static String at(Values values, Key<?> key) {
        return " (" + values.source(key).orElse("default") + ")";
    }
}
