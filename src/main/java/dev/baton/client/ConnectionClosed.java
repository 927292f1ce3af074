package dev.baton.client;

/**
 * The connection ended before the answer came. Whether the request was carried out is not known; an update may be sent
 * again under the same id.
 */
public final class ConnectionClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    ConnectionClosed(int code, String reason) {
        super("connection closed: " + code + (reason.isEmpty() ? "" : " " + reason));
        this.code = code;
        this.reason = reason;
    }

    /** The close code; 1006 when there was no close frame. */
    public int code() {
        return code;
    }

    /** The words with it; empty when there were none. */
    public String reason() {
        return reason;
    }
}
