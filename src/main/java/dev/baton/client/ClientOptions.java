package dev.baton.client;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where and as whom to connect. Immutable: each {@code with…} gives a changed copy. Any thread.
 */
public final class ClientOptions {

    /** The protocol this client speaks. */
    public static final String PROTOCOL = "baton.v1";

    private URI uri;
    private List<URI> others = List.of();
    private Optional<User> user = Optional.empty();
    private Optional<String> token = Optional.empty();
    private Optional<Supplier<Future<String>>> tokens = Optional.empty();
    private Optional<String> resume = Optional.empty();
    private boolean hello = true;
    private List<String> protocols = List.of(PROTOCOL);
    private Map<String, String> headers = Map.of();
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration slack = Duration.ofSeconds(2);
    private int largestMessage = 64 * 1024 * 1024;
    private Consumer<NodeEvent> events = event -> {};
    private Consumer<String> frames = frame -> {};

    private ClientOptions(URI uri) {
        this.uri = uri;
    }

    /**
     * The usual options for an address.
     *
     * @param uri {@code ws://host:port/socket}, or {@code wss}
     * @throws IllegalArgumentException when it is neither
     */
    public static ClientOptions to(String uri) {
        return to(URI.create(uri));
    }

    /** The usual options for an address, see {@link #to(String)}. */
    public static ClientOptions to(URI uri) {
        if (!"ws".equals(uri.getScheme()) && !"wss".equals(uri.getScheme())) {
            throw new IllegalArgumentException("the address must begin with ws:// or wss://, not " + uri);
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("the address names no host: " + uri);
        }
        return new ClientOptions(uri);
    }

    /** Another address: of another node, say. */
    public ClientOptions withUri(URI other) {
        return with(copy -> copy.uri = to(other).uri);
    }

    /**
     * More addresses, of nodes of the same cluster: a {@link ReconnectingClient} tries the next one after each that
     * fails.
     */
    public ClientOptions withOthers(URI... addresses) {
        return with(copy ->
                copy.others = Stream.of(addresses).map(other -> to(other).uri).toList());
    }

    /** Who to be, where the node does not ask for a token. */
    public ClientOptions withUser(String id, String name) {
        return with(copy -> copy.user = Optional.of(new User(id, name)));
    }

    /** The JWT, where the node asks for one. */
    public ClientOptions withToken(String jwt) {
        return with(copy -> copy.token = Optional.of(jwt));
    }

    /**
     * Where to get the JWT, for a {@link ReconnectingClient}: asked before each connection, again before the token
     * expires, and once more after 4401. The future may complete on any thread; one that takes longer than the connect
     * timeout has failed.
     */
    public ClientOptions withTokens(Supplier<Future<String>> source) {
        return with(copy -> copy.tokens = Optional.of(source));
    }

    /** The secret of an earlier {@link Welcome}: to be that session again. */
    public ClientOptions withResume(String secret) {
        return with(copy -> copy.resume = Optional.of(secret));
    }

    /** No session to resume. */
    public ClientOptions withoutResume() {
        return with(copy -> copy.resume = Optional.empty());
    }

    /** Say no {@code hello}: the connection counts as made once the socket is open. */
    public ClientOptions withoutHello() {
        return with(copy -> copy.hello = false);
    }

    /** The sub-protocols to offer, best first; none is allowed. {@value #PROTOCOL} unless set. */
    public ClientOptions withProtocols(String... offered) {
        return with(copy -> copy.protocols = List.of(offered));
    }

    /** One more header of the handshake. */
    public ClientOptions withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return with(copy -> copy.headers = more);
    }

    /** As a page of this origin would. */
    public ClientOptions withOrigin(String origin) {
        return withHeader("Origin", origin);
    }

    /** How long connecting, the handshake and the {@code welcome} may take, together; 10 s unless set. */
    public ClientOptions withConnectTimeout(Duration bound) {
        return with(copy -> copy.connectTimeout = bound);
    }

    /** How much longer than the node's own heartbeat timeout its silence is borne; 2 s unless set. */
    public ClientOptions withSlack(Duration other) {
        return with(copy -> copy.slack = other);
    }

    /** The largest message taken from the node, in bytes; 64 MiB unless set. A larger one closes with 1009. */
    public ClientOptions withLargestMessage(int bytes) {
        return with(copy -> copy.largestMessage = bytes);
    }

    /** One more listener, told every event from the first on, on the client's context, in the order of adding. */
    public ClientOptions withEvents(Consumer<? super NodeEvent> listener) {
        return with(copy -> copy.events = events.andThen(listener));
    }

    /** One more listener, told the text of each frame that comes in, before it is read, on the client's context. */
    public ClientOptions withFrames(Consumer<? super String> listener) {
        return with(copy -> copy.frames = frames.andThen(listener));
    }

    /** The address. */
    public URI uri() {
        return uri;
    }

    /** All addresses, the first one first. */
    public List<URI> uris() {
        return Stream.concat(Stream.of(uri), others.stream()).toList();
    }

    Optional<String> token() {
        return token;
    }

    Optional<Supplier<Future<String>>> tokens() {
        return tokens;
    }

    /** Who to be. */
    public Optional<User> user() {
        return user;
    }

    /** The secret of the session to resume. */
    public Optional<String> resume() {
        return resume;
    }

    boolean hello() {
        return hello;
    }

    List<String> protocols() {
        return protocols;
    }

    Map<String, String> headers() {
        return headers;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    Duration slack() {
        return slack;
    }

    int largestMessage() {
        return largestMessage;
    }

    Consumer<NodeEvent> events() {
        return events;
    }

    Consumer<String> frames() {
        return frames;
    }

    /** The {@code hello} these options make. */
    JsonObject helloFrame() {
        JsonObject frame = new JsonObject().put("type", "hello");
        token.ifPresent(jwt -> frame.put("token", jwt));
        user.ifPresent(
                who -> frame.put("user", new JsonObject().put("id", who.id()).put("name", who.name())));
        resume.ifPresent(secret -> frame.put("resume", secret));
        return frame;
    }

    /** Without the token and the secret. */
    @Override
    public String toString() {
        return "ClientOptions[uri=" + uri + ", user=" + user + ", token=" + token.isPresent() + ", resume="
                + resume.isPresent() + ", protocols=" + protocols + "]";
    }

    private ClientOptions with(Consumer<ClientOptions> change) {
        ClientOptions copy = new ClientOptions(uri);
        copy.user = user;
        copy.others = others;
        copy.token = token;
        copy.tokens = tokens;
        copy.resume = resume;
        copy.hello = hello;
        copy.protocols = protocols;
        copy.headers = headers;
        copy.connectTimeout = connectTimeout;
        copy.slack = slack;
        copy.largestMessage = largestMessage;
        copy.events = events;
        copy.frames = frames;
        change.accept(copy);
        return copy;
    }
}
