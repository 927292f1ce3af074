package dev.baton.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts the sources together: defaults, {@code conf/config.json}, {@code -conf}, environment, system properties; what
 * comes later wins. Every value given is checked, also one that a later source replaces, so that a mistake does not lie
 * in wait.
 *
 * <p>Not built on {@code vertx-config} or SmallRye Config. Both merge the sources to one set of values before anybody
 * can look, so a message could no longer say where a bad value stands; both let unknown keys pass; {@code vertx-config}
 * reads asynchronously, on a Vert.x that must not start before its settings are known to be good. What is left to do is
 * small.
 */
final class SettingsLoader {

    private static final String ENVIRONMENT_PREFIX = "BATON_";
    private static final String PROPERTY_PREFIX = "baton.";

    /**
     * Kubernetes (and old Docker links) put the address of a service called {@code baton} or {@code baton-…} into the
     * environment of every pod beside it, under names that look like ours.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("BATON_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SERVICE_LINK_PORT = Pattern.compile("(tcp|udp|sctp)://.*");

    private SettingsLoader() {}

    /**
     * The settings that these sources add up to.
     *
     * @param file what {@code conf/config.json} holds, nested or with dots in the names; empty without one
     * @param conf the same of {@code -conf}
     * @param env the environment; only {@code BATON_…} is looked at, and an empty value counts as not set
     * @param props the system properties; only {@code baton.…} is looked at, without {@code baton.jar} and
     *     {@code baton.test.…}
     * @throws SettingsException on an unknown key, a bad value, or values that do not go together
     */
    static Settings load(JsonObject file, JsonObject conf, Map<String, String> env, Map<String, String> props) {
        List<Given> given = new ArrayList<>();
        given.addAll(fromJson(file, "conf/config.json"));
        given.addAll(fromJson(conf, "-conf"));
        given.addAll(fromEnvironment(env));
        given.addAll(fromProperties(props));
        Values values = new Values(given);
        Settings settings = values.toSettings();
        Relations.check(settings, values);
        return settings;
    }

    private static List<Given> fromJson(JsonObject json, String source) {
        Map<String, Given> found = new TreeMap<>();
        flatten("", json, source, found);
        return List.copyOf(found.values());
    }

    private static void flatten(String prefix, JsonObject json, String source, Map<String, Given> found) {
        for (Map.Entry<String, Object> entry : json) {
            String name = prefix + entry.getKey();
            Object value = entry.getValue() instanceof Map<?, ?> map ? nested(map) : entry.getValue();
            Key<?> key = Keys.BY_NAME.get(name);
            if (key == null && value instanceof JsonObject object) {
                flatten(name + ".", object, source, found);
                continue;
            }
            if (key == null) {
                throw Messages.unknown(name, source, Keys.BY_NAME.keySet());
            }
            Given given = new Given(key, jsonText(key, value, source), source);
            if (found.put(name, given) != null) {
                throw new SettingsException(name + " is set twice in " + source);
            }
        }
    }

    private static JsonObject nested(Map<?, ?> map) {
        JsonObject object = new JsonObject();
        map.forEach((name, value) -> object.put(String.valueOf(name), value));
        return object;
    }

    /** A number stands for itself, a list for its parts with commas between them. */
    private static String jsonText(Key<?> key, Object value, String source) {
        if (value instanceof String || value instanceof Integer || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof Collection<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).collect(Collectors.joining(","));
        }
        if (value instanceof JsonArray array) {
            return jsonText(key, array.getList(), source);
        }
        throw Messages.notAllowed(key, source, String.valueOf(value));
    }

    private static List<Given> fromEnvironment(Map<String, String> env) {
        List<Given> given = new ArrayList<>();
        new TreeMap<>(env).forEach((name, value) -> {
            if (!name.startsWith(ENVIRONMENT_PREFIX) || value.isEmpty() || isServiceLink(name, value)) {
                return;
            }
            Key<?> key = Keys.BY_ENVIRONMENT.get(name);
            if (key == null) {
                throw Messages.unknown(name, "the environment", Keys.BY_ENVIRONMENT.keySet());
            }
            given.add(new Given(key, value, "environment " + name));
        });
        return given;
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_LINK_PORT.matcher(value).matches());
    }

    private static List<Given> fromProperties(Map<String, String> props) {
        List<Given> given = new ArrayList<>();
        new TreeMap<>(props).forEach((name, value) -> {
            if (!name.startsWith(PROPERTY_PREFIX) || name.equals("baton.jar") || name.startsWith("baton.test.")) {
                return;
            }
            Key<?> key = Keys.BY_NAME.get(name.substring(PROPERTY_PREFIX.length()));
            if (key == null) {
                List<String> names =
                        Keys.ALL.stream().map(k -> PROPERTY_PREFIX + k.name()).toList();
                throw Messages.unknown(name, "the system properties", names);
            }
            given.add(new Given(key, value, "system property " + name));
        });
        return given;
    }

    /**
     * A value as somebody set it.
     *
     * @param source where, in words
     */
    record Given(Key<?> key, String text, String source) {}

    /** Every key's value and where it is from. */
    static final class Values {

        private final Map<String, Given> given = new TreeMap<>();

        /** Checks each of them; the last of a key counts. */
        Values(List<Given> all) {
            all.forEach(one -> {
                if (one.key().kind().parse().apply(one.text()).isEmpty()) {
                    throw Messages.notAllowed(one.key(), one.source(), one.text());
                }
                given.put(one.key().name(), one);
            });
        }

        /** Where the value was set; empty for a default. */
        Optional<String> source(Key<?> key) {
            return Optional.ofNullable(given.get(key.name())).map(Given::source);
        }

        private <T> T required(Key<T> key) {
            return find(key).orElseThrow();
        }

        private <T> Optional<T> find(Key<T> key) {
            return Optional.ofNullable(given.get(key.name()))
                    .map(Given::text)
                    .or(key::standard)
                    .flatMap(key.kind().parse());
        }

        private <T> Optional<T> optional(Key<Optional<T>> key) {
            return find(key).flatMap(value -> value);
        }

        private Settings toSettings() {
            return new Settings(
                    new Settings.Http(
                            required(Keys.HTTP_HOST),
                            required(Keys.HTTP_PORT),
                            required(Keys.HTTP_ORIGINS),
                            required(Keys.HTTP_HOSTS),
                            required(Keys.HTTP_TRUSTED_PROXIES),
                            optional(Keys.HTTP_TLS_CERTIFICATE).flatMap(certificate -> optional(Keys.HTTP_TLS_KEY)
                                    .map(key -> new Settings.Tls(certificate, key)))),
                    new Settings.Management(
                            required(Keys.MANAGEMENT_HOST),
                            find(Keys.MANAGEMENT_PORT).orElse(OptionalInt.empty()),
                            optional(Keys.MANAGEMENT_TOKEN)),
                    new Settings.Cluster(
                            required(Keys.CLUSTER_NAME),
                            required(Keys.CLUSTER_HOST),
                            required(Keys.CLUSTER_PORT),
                            required(Keys.CLUSTER_BUS_PORT),
                            find(Keys.CLUSTER_MEMBERS).orElse(List.of()),
                            optional(Keys.CLUSTER_KUBERNETES_SERVICE),
                            required(Keys.CLUSTER_MINIMUM),
                            required(Keys.CLUSTER_NODE_LEASE)),
                    new Settings.Heartbeat(
                            required(Keys.HEARTBEAT_INTERVAL),
                            required(Keys.HEARTBEAT_TIMEOUT),
                            required(Keys.HEARTBEAT_EDITOR_INTERVAL),
                            required(Keys.HEARTBEAT_EDITOR_TIMEOUT)),
                    new Settings.SessionSettings(required(Keys.SESSION_EXPIRY)),
                    new Settings.Handover(
                            required(Keys.HANDOVER_GRACE_CLOSED),
                            required(Keys.HANDOVER_GRACE_TIMEOUT),
                            required(Keys.HANDOVER_GRACE_NODE),
                            required(Keys.HANDOVER_ANSWER)),
                    new Settings.Store(
                            required(Keys.STORE_URL),
                            optional(Keys.STORE_USER),
                            optional(Keys.STORE_PASSWORD),
                            required(Keys.STORE_WAIT)),
                    new Settings.Auth(
                            required(Keys.AUTH_MODE),
                            new Settings.Jwt(
                                    optional(Keys.AUTH_JWT_SECRET),
                                    optional(Keys.AUTH_JWT_PUBLIC_KEY),
                                    optional(Keys.AUTH_JWT_JWKS),
                                    optional(Keys.AUTH_JWT_ISSUER),
                                    optional(Keys.AUTH_JWT_AUDIENCE),
                                    required(Keys.AUTH_JWT_DOCUMENTS_CLAIM),
                                    required(Keys.AUTH_JWT_LEEWAY))),
                    new Settings.Limits(
                            required(Keys.LIMITS_MESSAGE),
                            required(Keys.LIMITS_DATA),
                            required(Keys.LIMITS_SNAPSHOT),
                            required(Keys.LIMITS_HANDSHAKE),
                            required(Keys.LIMITS_HANDSHAKE_TIME),
                            required(Keys.LIMITS_DOCUMENTS),
                            required(Keys.LIMITS_NEW_DOCUMENTS),
                            find(Keys.LIMITS_ALL_DOCUMENTS).orElse(OptionalInt.empty()),
                            required(Keys.LIMITS_RATE),
                            required(Keys.LIMITS_BYTES),
                            required(Keys.LIMITS_USER_SOCKETS),
                            required(Keys.LIMITS_ADDRESS_SOCKETS),
                            find(Keys.LIMITS_SOCKETS).orElse(OptionalInt.empty()),
                            required(Keys.LIMITS_STRANGERS),
                            required(Keys.LIMITS_UNREAD),
                            required(Keys.LIMITS_NAME),
                            required(Keys.LIMITS_HELLO),
                            required(Keys.LIMITS_HELLO_BYTES)),
                    new Settings.Drain(required(Keys.DRAIN_TIME)),
                    new Settings.Log(required(Keys.LOG_FORMAT)));
        }
    }
}
