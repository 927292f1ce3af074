package dev.baton.config;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything a node can be told, checked. Each component is one key of the configuration, named as the key is
 * ({@code handover.grace-closed} is {@code handover().graceClosed()}); {@link Keys} lists them with their defaults,
 * bounds and meaning. Immutable, so any thread may read it. {@code toString} shows no secret.
 */
public record Settings(
        Http http,
        Management management,
        Cluster cluster,
        Heartbeat heartbeat,
        SessionSettings session,
        Handover handover,
        Store store,
        Auth auth,
        Limits limits,
        Drain drain,
        Log log) {

    /**
     * Where clients connect.
     *
     * @param port 0–65535; 0: any free one
     * @param proxies that are believed about whom they speak for
     * @param tls there when clients connect by TLS
     */
    public record Http(String host, int port, Origins origins, Hosts hosts, Proxies proxies, Optional<Tls> tls) {}

    /**
     * What the node shows who it is by; both are paths of files in PEM.
     *
     * @param certificate with those of its issuers
     * @param key its private key, PKCS #8
     */
    public record Tls(String certificate, String key) {}

    /**
     * Health, metrics, the console and the API.
     *
     * @param token what is asked for there, but for health; empty when nothing is
     * @param port as it was set; {@link Settings#managementPort()} is the one to bind
     */
    public record Management(String host, OptionalInt port, Optional<String> token) {

        /** Without the token. */
        @Override
        public String toString() {
            return "Management[host=" + host + ", port=" + port + ", token=" + hidden(token) + "]";
        }
    }

    /**
     * How nodes find each other.
     *
     * @param host an address of this machine; nothing else is bound for the cluster
     * @param port the first of the 20 that Hazelcast may take
     * @param busPort 0: any free one
     * @param members whom to join through, as set; {@link #seeds()} are those in force
     * @param minimum at least 1
     * @param nodeLease at least 2 s
     */
    public record Cluster(
            String name,
            String host,
            int port,
            int busPort,
            List<HostPort> members,
            Optional<String> kubernetesService,
            int minimum,
            Duration nodeLease) {
        public Cluster {
            members = List.copyOf(members);
        }

        /** Whom to join through: the service, the members that were set, or else the other nodes of this machine. */
        public List<HostPort> seeds() {
            if (kubernetesService.isPresent()) {
                return List.of(new HostPort(kubernetesService.get(), OptionalInt.of(port)));
            }
            return members.isEmpty() ? List.of(new HostPort(host, OptionalInt.empty())) : members;
        }
    }

    /** Each timeout is at least twice its interval. */
    public record Heartbeat(Duration interval, Duration timeout, Duration editorInterval, Duration editorTimeout) {}

    /** How long an offline session can be resumed. */
    public record SessionSettings(Duration expiry) {}

    /**
     * How long edit rights wait for their holder, by how it went away; and how long a holder may think about a request.
     */
    public record Handover(Duration graceClosed, Duration graceTimeout, Duration graceNode, Duration answer) {}

    /**
     * Where documents are kept.
     *
     * @param url {@code jdbc:sqlite:…} or {@code jdbc:postgresql:…}
     * @param patience how long a start waits for a database that does not answer yet
     */
    public record Store(String url, Optional<String> user, Optional<String> password, Duration patience) {

        /** Whether this is the embedded store, a file on this machine. */
        public boolean sqlite() {
            return url.startsWith("jdbc:sqlite:");
        }

        /** Without the password, also where the URL holds one. */
        @Override
        public String toString() {
            return "Store[url=" + Kinds.withoutSecrets(url) + ", user=" + user + ", password=" + hidden(password) + "]";
        }
    }

    /** Who a client is. */
    public record Auth(AuthMode mode, Jwt jwt) {}

    /** How a client shows who it is. */
    public enum AuthMode {
        /** It says so, and is believed. */
        NONE,
        /** By a signed token. */
        JWT
    }

    /**
     * How tokens are checked; exactly one of the first three is there when {@link AuthMode#JWT} is on.
     *
     * @param secret of HS256, at least 32 bytes in UTF-8
     * @param publicKey of RS256 or ES256: PEM text, or the path of a file of it
     * @param jwks the path of a file with a JSON Web Key Set
     * @param issuer what {@code iss} has to be, where given
     * @param audience what {@code aud} has to hold, where given
     * @param documentsClaim the claim that holds the roles
     * @param leeway how far the clocks may be apart
     */
    public record Jwt(
            Optional<String> secret,
            Optional<String> publicKey,
            Optional<String> jwks,
            Optional<String> issuer,
            Optional<String> audience,
            String documentsClaim,
            Duration leeway) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Jwt[secret=" + hidden(secret) + ", publicKey=" + hidden(publicKey) + ", jwks=" + jwks + ", issuer="
                    + issuer + ", audience=" + audience + ", documentsClaim=" + documentsClaim + ", leeway=" + leeway
                    + "]";
        }
    }

    /**
     * What one client, one user and one node may take up.
     *
     * @param message bytes of one message
     * @param data bytes of the {@code data} of one update
     * @param snapshot bytes of the {@code data} of one snapshot
     * @param handshake bytes of the headers of one HTTP request
     * @param handshakeTime how long a new connection may take to send its request
     * @param documents that one session may be in at a time
     * @param newDocuments that one user may make in a minute, on one node
     * @param allDocuments that the store may hold; empty for any number
     * @param rate messages a second from one session; a burst of twice that is let through
     * @param bytes a second from one session; a burst of twice that is let through
     * @param userSockets open sockets of one user on one node
     * @param addressSockets open sockets of one client address on one node
     * @param sockets open sockets on one node, as set; {@link #socketsWithin} is the limit in force
     * @param strangers connections a second that come to nothing, on one node
     * @param unread bytes that may wait for one slow reader
     * @param name characters of a user's name
     * @param hello how long a new socket may take to say who it is
     * @param helloBytes bytes of that first message
     */
    public record Limits(
            int message,
            int data,
            int snapshot,
            int handshake,
            Duration handshakeTime,
            int documents,
            int newDocuments,
            OptionalInt allDocuments,
            int rate,
            int bytes,
            int userSockets,
            int addressSockets,
            OptionalInt sockets,
            int strangers,
            int unread,
            int name,
            Duration hello,
            int helloBytes) {

        /** So many sockets whose sessions take part in documents fit into each GiB of heap, as measured. */
        public static final int SOCKETS_PER_GIB = 27_000;

        private static final int USUAL_SOCKETS = 50_000;

        /** So many sockets fit into that many bytes of heap. */
        public static int socketsThatFit(long heap) {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(1, heap / (1 << 20) * SOCKETS_PER_GIB / 1024));
        }

        /** So many sockets a node may have: as set, or what fits into its heap of that many bytes, within reason. */
        public int socketsWithin(long heap) {
            return sockets.orElse(Math.min(USUAL_SOCKETS, socketsThatFit(heap)));
        }
    }

    /** How long the closing of sockets is spread over when the node is told to go. */
    public record Drain(Duration time) {}

    /** How the log is written. */
    public record Log(LogFormat format) {}

    /** The form of the log's lines. */
    public enum LogFormat {
        /** For people. */
        TEXT,
        /** For programs: an object a line. */
        JSON
    }

    /** The settings of a node that was told nothing. */
    public static Settings defaults() {
        return of(Map.of());
    }

    /**
     * The defaults with these instead, for tests and for nodes inside another program.
     *
     * @param values by key, each written as in the environment: {@code Map.of("http.port", "0")}
     * @throws SettingsException as when a node starts
     */
    public static Settings of(Map<String, String> values) {
        return SettingsLoader.load(new JsonObject(Map.copyOf(values)), new JsonObject(), Map.of(), Map.of());
    }

    /** These settings as flat JSON, every key with the value in force; with the secrets, so not for a log. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        Keys.ALL.forEach(key -> key.text(this).ifPresent(text -> json.put(key.name(), text)));
        return json;
    }

    /**
     * What {@link #toJson} wrote, read again; also any other configuration file's content.
     *
     * @throws SettingsException as when a node starts
     */
    public static Settings fromJson(JsonObject json) {
        return SettingsLoader.load(json, new JsonObject(), Map.of(), Map.of());
    }

    /** The management port to bind: as set, else the one after {@code http.port}; 0 (any free one) when that is 0. */
    public int managementPort() {
        return management.port().orElse(http.port() == 0 ? 0 : http.port() + 1);
    }

    private static String hidden(Optional<String> secret) {
        return secret.isPresent() ? "(set)" : "(none)";
    }
}
