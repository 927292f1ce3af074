package dev.baton.gateway;

/** What a client can run into at the edge, by the name of its setting. */
public enum Limit {
    /** As many sockets as the node may have. */
    SOCKETS("sockets"),
    /** More new connections than the node listens to, of those that come to nothing; they wait. */
    STRANGERS("strangers-per-second"),
    /** As many sockets as one user may have. */
    USER_SOCKETS("sockets-per-user"),
    /** As many sockets as one client address may have. */
    ADDRESS_SOCKETS("sockets-per-address"),
    /** Headers that are too long. */
    HANDSHAKE("handshake-headers"),
    /** A request that does not come, or not in time. */
    HANDSHAKE_TIME("handshake-timeout"),
    /** No {@code hello} in time. */
    HELLO_TIME("hello-timeout"),
    /** A first message that is too long. */
    HELLO_SIZE("hello-size"),
    /** A message that is too long. */
    MESSAGE("message"),
    /** Data that is too long. */
    DATA("update-data"),
    /** As many documents as a session may be in. */
    DOCUMENTS("documents-per-session"),
    /** Messages that come too fast. */
    MESSAGES("messages-per-second"),
    /** Bytes that come too fast. */
    BYTES("bytes-per-second"),
    /** More than a client has read. */
    UNREAD("unread");

    private final String word;

    Limit(String word) {
        this.word = word;
    }

    /** The setting's name, after {@code limits.}. */
    public String word() {
        return word;
    }
}
