package dev.baton.client;

import java.util.OptionalLong;

/** The node answered the opening handshake by an HTTP status instead of a socket. */
public final class HandshakeRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final long retryMillis;

    HandshakeRejected(int status, String message, OptionalLong retryMillis) {
        super("HTTP " + status + (message.isBlank() ? "" : ": " + message.strip()));
        this.status = status;
        this.retryMillis = retryMillis.orElse(-1);
    }

    /** The HTTP status: 400 for a bad handshake, 403 for a foreign origin, 503 for a full node. */
    public int status() {
        return status;
    }

    /** What {@code Retry-After} said, in milliseconds. */
    public OptionalLong retryMillis() {
        return retryMillis < 0 ? OptionalLong.empty() : OptionalLong.of(retryMillis);
    }
}
