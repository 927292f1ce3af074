package dev.baton.config;

import static dev.baton.config.Kinds.duration;
import static dev.baton.config.Kinds.number;
import static dev.baton.config.Kinds.size;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every key there is. The loader, its messages, the command line's help and the manual all come from this one table, so
 * none of them can know a key that another does not.
 */
final class Keys {

    private static final List<Key<?>> TABLE = new ArrayList<>();

    /** The most ports Hazelcast tries, from {@code cluster.port} on. */
    static final int CLUSTER_PORTS = 20;

    private static final int LAST_PORT = 65_535;

    static final Key<String> HTTP_HOST =
            key("http.host", Kinds.host(), "127.0.0.1", s -> s.http().host(), "Where clients connect.");
    static final Key<Integer> HTTP_PORT = key(
            "http.port",
            number(0, LAST_PORT),
            "8080",
            s -> s.http().port(),
            "0: any free port, shown on the ready line.");
    static final Key<Origins> HTTP_ORIGINS = key(
            "http.origins",
            Kinds.origins(),
            "same-origin",
            s -> s.http().origins(),
            "Pages that may open a socket. A list replaces the default; put `same-origin` in it to keep the node's own page.");

    static final Key<Hosts> HTTP_HOSTS = key(
            "http.hosts",
            Kinds.hosts(),
            "bound",
            s -> s.http().hosts(),
            "Names that are answered, on the management port too, besides loopback names and the bound address; others get 421."
                    + " Name what clients and proxies put into `Host`.");

    static final Key<Proxies> HTTP_TRUSTED_PROXIES = key(
            "http.trusted-proxies",
            Kinds.proxies(),
            "none",
            s -> s.http().proxies(),
            "Proxies whose `X-Forwarded-For` or `Forwarded` tells where a client is, for limits by address and the log.");
    static final Key<Optional<String>> HTTP_TLS_CERTIFICATE = absent(
            "http.tls.certificate",
            Kinds.any("the path of a file").optional(),
            s -> s.http().tls().map(Settings.Tls::certificate),
            "A certificate in PEM, with those of its issuers: clients connect by TLS then. Read again when it is replaced.");
    static final Key<Optional<String>> HTTP_TLS_KEY = absent(
            "http.tls.key",
            Kinds.any("the path of a file").optional(),
            s -> s.http().tls().map(Settings.Tls::key),
            "The certificate's private key in PEM (PKCS #8).");

    static final Key<String> MANAGEMENT_HOST = key(
            "management.host",
            Kinds.host(),
            "127.0.0.1",
            s -> s.management().host(),
            "Where health and metrics are served, never on the public port.");
    static final Key<OptionalInt> MANAGEMENT_PORT = absent(
            "management.port",
            Kinds.optionalNumber(0, LAST_PORT),
            s -> s.management().port(),
            "0: any free port. Unless set, the one after `http.port`, or any free one when that is 0.");

    static final Key<Optional<String>> MANAGEMENT_TOKEN = secret(
            "management.token",
            Kinds.password().optional(),
            s -> s.management().token(),
            "What the management port asks for, but for health: as a bearer token, or as the password of any user. Has to be set"
                    + " when `management.host` is not a loopback address.");

    static final Key<String> CLUSTER_NAME =
            key("cluster.name", Kinds.name(), "baton", s -> s.cluster().name(), "Nodes of one name form one cluster.");
    static final Key<String> CLUSTER_HOST = key(
            "cluster.host",
            Kinds.host(),
            "127.0.0.1",
            s -> s.cluster().host(),
            "The address of this machine for Hazelcast and the event bus; nothing else is bound.");
    static final Key<Integer> CLUSTER_PORT = key(
            "cluster.port",
            number(1, LAST_PORT - CLUSTER_PORTS + 1),
            "5701",
            s -> s.cluster().port(),
            "Hazelcast's; when it is in use the next free one of " + CLUSTER_PORTS + " is taken.");
    static final Key<Integer> CLUSTER_BUS_PORT = key(
            "cluster.bus-port",
            number(0, LAST_PORT),
            "0",
            s -> s.cluster().busPort(),
            "The event bus's. 0: any free port.");
    static final Key<List<HostPort>> CLUSTER_MEMBERS = absent(
            "cluster.members",
            Kinds.members(),
            s -> s.cluster().members(),
            "Whom to join through; without a port, every port that `cluster.port` may have led to."
                    + " Unless set, `cluster.host`: the nodes of one machine find each other.");
    static final Key<Optional<String>> CLUSTER_KUBERNETES_SERVICE = absent(
            "cluster.kubernetes-service",
            Kinds.host().optional(),
            s -> s.cluster().kubernetesService(),
            "DNS name of a headless service whose pods to join, instead of `cluster.members`.");
    static final Key<Integer> CLUSTER_MINIMUM = key(
            "cluster.minimum",
            number(1, 1000),
            "1",
            s -> s.cluster().minimum(),
            "With fewer live nodes than this there are no grants and no writes; reads go on.");
    static final Key<Duration> CLUSTER_NODE_LEASE = key(
            "cluster.node-lease",
            duration("2s", "5m"),
            "5s",
            s -> s.cluster().nodeLease(),
            "A node silent this long has lost its sessions.");

    static final Key<Duration> HEARTBEAT_INTERVAL = key(
            "heartbeat.interval",
            duration("100ms", "1h"),
            "5s",
            s -> s.heartbeat().interval(),
            "A ping to every socket this often.");
    static final Key<Duration> HEARTBEAT_TIMEOUT = key(
            "heartbeat.timeout",
            duration("200ms", "2h"),
            "10s",
            s -> s.heartbeat().timeout(),
            "Nothing heard this long: offline. At least twice the interval.");
    static final Key<Duration> HEARTBEAT_EDITOR_INTERVAL = key(
            "heartbeat.editor-interval",
            duration("100ms", "1h"),
            "2s",
            s -> s.heartbeat().editorInterval(),
            "The interval for whoever holds edit rights.");
    static final Key<Duration> HEARTBEAT_EDITOR_TIMEOUT = key(
            "heartbeat.editor-timeout",
            duration("200ms", "2h"),
            "5s",
            s -> s.heartbeat().editorTimeout(),
            "The timeout for whoever holds edit rights. At least twice that interval.");

    static final Key<Duration> SESSION_EXPIRY = key(
            "session.expiry",
            duration("100ms", "24h"),
            "2m",
            s -> s.session().expiry(),
            "How long an offline session can be resumed.");

    static final Key<Duration> HANDOVER_GRACE_CLOSED = key(
            "handover.grace-closed",
            duration("0s", "1h"),
            "3s",
            s -> s.handover().graceClosed(),
            "Edit rights stay reserved this long after their holder's socket closed.");
    static final Key<Duration> HANDOVER_GRACE_TIMEOUT = key(
            "handover.grace-timeout",
            duration("0s", "1h"),
            "0s",
            s -> s.handover().graceTimeout(),
            "The same after a heartbeat timeout.");
    static final Key<Duration> HANDOVER_GRACE_NODE = key(
            "handover.grace-node",
            duration("0s", "1h"),
            "3s",
            s -> s.handover().graceNode(),
            "The same after the holder's node was lost.");
    static final Key<Duration> HANDOVER_ANSWER = key(
            "handover.answer",
            duration("100ms", "1h"),
            "20s",
            s -> s.handover().answer(),
            "How long a holder has to answer a request; then the rights move.");

    static final Key<String> STORE_URL = key(
            "store.url",
            Kinds.storeUrl(),
            "jdbc:sqlite:data/baton.db",
            s -> s.store().url(),
            "Where documents are kept.");
    static final Key<Optional<String>> STORE_USER =
            absent("store.user", Kinds.line().optional(), s -> s.store().user(), "The database's user.");
    static final Key<Optional<String>> STORE_PASSWORD =
            secret("store.password", Kinds.line().optional(), s -> s.store().password(), "The database's password.");

    static final Key<Duration> STORE_WAIT = key(
            "store.wait",
            duration("0s", "1h"),
            "30s",
            s -> s.store().patience(),
            "How long a starting node waits for a PostgreSQL that does not answer yet.");

    static final Key<Settings.AuthMode> AUTH_MODE = key(
            "auth.mode",
            Kinds.oneOf(Settings.AuthMode.class),
            "none",
            s -> s.auth().mode(),
            "`none` believes whoever connects, and has to be set explicitly when `http.host` is not a loopback address.");
    static final Key<Optional<String>> AUTH_JWT_SECRET = secret(
            "auth.jwt-secret",
            Kinds.hs256Secret().optional(),
            s -> s.auth().jwt().secret(),
            "Checks HS256 tokens.");
    static final Key<Optional<String>> AUTH_JWT_PUBLIC_KEY = absent(
            "auth.jwt-public-key",
            Kinds.any("a public key in PEM, or the path of a file with it").optional(),
            s -> s.auth().jwt().publicKey(),
            "Checks RS256 or ES256 tokens.");
    static final Key<Optional<String>> AUTH_JWT_JWKS = absent(
            "auth.jwt-jwks",
            Kinds.any("the path of a file").optional(),
            s -> s.auth().jwt().jwks(),
            "A JSON Web Key Set that checks tokens.");
    static final Key<Optional<String>> AUTH_JWT_ISSUER = absent(
            "auth.jwt-issuer",
            Kinds.line().optional(),
            s -> s.auth().jwt().issuer(),
            "What a token's `iss` has to be.");
    static final Key<Optional<String>> AUTH_JWT_AUDIENCE = absent(
            "auth.jwt-audience",
            Kinds.line().optional(),
            s -> s.auth().jwt().audience(),
            "What a token's `aud` has to hold.");
    static final Key<String> AUTH_JWT_DOCUMENTS_CLAIM = key(
            "auth.jwt-documents-claim",
            Kinds.line(),
            "documents",
            s -> s.auth().jwt().documentsClaim(),
            "The claim that says what a token's bearer may do where.");
    static final Key<Duration> AUTH_JWT_LEEWAY = key(
            "auth.jwt-leeway",
            duration("0s", "10m"),
            "30s",
            s -> s.auth().jwt().leeway(),
            "How far the clocks of node and issuer may be apart.");

    static final Key<Integer> LIMITS_MESSAGE = key(
            "limits.message",
            size("1KiB", "64MiB"),
            "128KiB",
            s -> s.limits().message(),
            "One message; a longer one closes the socket with 1009.");
    static final Key<Integer> LIMITS_DATA = key(
            "limits.update-data",
            size("1KiB", "64MiB"),
            "1MiB",
            s -> s.limits().data(),
            "The `data` of one update; more is answered with `too-large`. What does not fit into a message comes in parts.");
    static final Key<Integer> LIMITS_SNAPSHOT = key(
            "limits.snapshot",
            size("1KiB", "64MiB"),
            "16MiB",
            s -> s.limits().snapshot(),
            "The `data` of one snapshot; more is answered with `too-large`. What does not fit into a message comes in parts.");
    static final Key<Integer> LIMITS_HANDSHAKE = key(
            "limits.handshake-headers",
            size("1KiB", "1MiB"),
            "8KiB",
            s -> s.limits().handshake(),
            "The headers of one HTTP request.");
    static final Key<Duration> LIMITS_HANDSHAKE_TIME = key(
            "limits.handshake-timeout",
            duration("100ms", "10m"),
            "10s",
            s -> s.limits().handshakeTime(),
            "How long a new connection may take to send its request; then it is closed.");
    static final Key<Integer> LIMITS_DOCUMENTS = key(
            "limits.documents-per-session",
            number(1, 10_000),
            "50",
            s -> s.limits().documents(),
            "Documents that one session is in at a time.");
    static final Key<Integer> LIMITS_NEW_DOCUMENTS = key(
            "limits.documents-per-minute",
            number(1, 1_000_000),
            "600",
            s -> s.limits().newDocuments(),
            "New documents of one user on one node, with as many at once; joining one more is answered with `rate-limited`."
                    + " Joining a document that nobody has written to counts.");
    static final Key<OptionalInt> LIMITS_ALL_DOCUMENTS = absent(
            "limits.documents",
            Kinds.optionalNumber(1, Integer.MAX_VALUE),
            s -> s.limits().allDocuments(),
            "Documents in the store; joining one that would be new is answered with `forbidden`. Counted every ten seconds."
                    + " Unless set, any number.");
    static final Key<Integer> LIMITS_RATE = key(
            "limits.messages-per-second",
            number(1, 1_000_000),
            "200",
            s -> s.limits().rate(),
            "From one session without waiting for answers, with a burst of twice that; more is answered with `rate-limited`,"
                    + " then 4002. Of signals beyond it the latest waits.");
    static final Key<Integer> LIMITS_BYTES = key(
            "limits.bytes-per-second",
            size("1KiB", "1023MiB"),
            "1MiB",
            s -> s.limits().bytes(),
            "From one session, with a burst of twice that; what comes faster is read later.");
    static final Key<Integer> LIMITS_USER_SOCKETS = key(
            "limits.sockets-per-user",
            number(1, 1_000_000),
            "100",
            s -> s.limits().userSockets(),
            "Sockets of one user on one node; one more is answered with `rate-limited`, then 4002, unless it resumes a session.");
    static final Key<Integer> LIMITS_ADDRESS_SOCKETS = key(
            "limits.sockets-per-address",
            number(1, 10_000_000),
            "50000",
            s -> s.limits().addressSockets(),
            "Sockets of one client address on one node; one more is answered with HTTP 429 and `Retry-After`."
                    + " See `http.trusted-proxies`.");
    static final Key<OptionalInt> LIMITS_SOCKETS = absent(
            "limits.sockets",
            Kinds.optionalNumber(1, 10_000_000),
            s -> s.limits().sockets(),
            "Sockets on one node; one more is answered with HTTP 503 and `Retry-After`. Unless set, 27,000 for each GiB of the"
                    + " JVM's heap, at most 50,000.");
    static final Key<Integer> LIMITS_STRANGERS = key(
            "limits.strangers-per-second",
            number(1, 1_000_000),
            "100",
            s -> s.limits().strangers(),
            "New connections that come to nothing: neither welcomed nor given a page, or gone within 5 s of the welcome."
                    + " With a burst of five times that; beyond it new connections wait unread, and those whose client address has the fewest of them go first, of these the newest.");
    static final Key<Integer> LIMITS_UNREAD = key(
            "limits.unread",
            size("64KiB", "1023MiB"),
            "1MiB",
            s -> s.limits().unread(),
            "What waits for one slow reader; more closes its socket with 4001. At least `limits.message`.");
    static final Key<Integer> LIMITS_NAME = key(
            "limits.name-length",
            number(1, 1000),
            "64",
            s -> s.limits().name(),
            "Characters (Unicode code points) that are shown of a user's name; a longer one is cut.");
    static final Key<Duration> LIMITS_HELLO = key(
            "limits.hello-timeout",
            duration("100ms", "10m"),
            "5s",
            s -> s.limits().hello(),
            "How long a new socket may take to say who it is.");
    static final Key<Integer> LIMITS_HELLO_BYTES = key(
            "limits.hello-size",
            size("256B", "1MiB"),
            "8KiB",
            s -> s.limits().helloBytes(),
            "That first message. At most `limits.message`.");

    static final Key<Duration> DRAIN_TIME = key(
            "drain.time",
            duration("0s", "10m"),
            "5s",
            s -> s.drain().time(),
            "How long the closing of sockets is spread over when the node is told to go.");

    static final Key<Settings.LogFormat> LOG_FORMAT = key(
            "log.format",
            Kinds.oneOf(Settings.LogFormat.class),
            "text",
            s -> s.log().format(),
            "The log, on standard error: lines for people, or one JSON object a line.");

    /** In the order of the manual. */
    static final List<Key<?>> ALL = List.copyOf(TABLE);

    static final Map<String, Key<?>> BY_NAME = ALL.stream().collect(Collectors.toUnmodifiableMap(Key::name, k -> k));

    static final Map<String, Key<?>> BY_ENVIRONMENT =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::environment, k -> k));

    private Keys() {}

    private static <T> Key<T> key(
            String name, Kind<T> kind, String standard, Function<Settings, T> get, String meaning) {
        return add(new Key<>(name, kind, Optional.of(standard), false, get, meaning));
    }

    private static <T> Key<T> absent(String name, Kind<T> kind, Function<Settings, T> get, String meaning) {
        return add(new Key<>(name, kind, Optional.empty(), false, get, meaning));
    }

    private static <T> Key<T> secret(String name, Kind<T> kind, Function<Settings, T> get, String meaning) {
        return add(new Key<>(name, kind, Optional.empty(), true, get, meaning));
    }

    private static <T> Key<T> add(Key<T> key) {
        TABLE.add(key);
        return key;
    }
}
