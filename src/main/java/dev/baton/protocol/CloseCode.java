package dev.baton.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Why the node closes a socket. Codes below 4500 (but for 4401) invite the client to come back with back-off; the
 * others say that coming back by itself would not help.
 */
public enum CloseCode {
    /** The client said {@code bye}; its session has ended. */
    GOODBYE(1000, "goodbye"),
    /** The node goes away; another one takes the session over. */
    GOING_AWAY(1001, "node going away"),
    /** Frames that WebSocket does not allow: a fragment of nothing, a reserved bit, no mask. */
    PROTOCOL(1002, "against the WebSocket protocol"),
    /** A binary frame: this protocol speaks text. */
    NOT_TEXT(1003, "text frames only"),
    /** Text that is not UTF-8. */
    NOT_UTF8(1007, "text must be UTF-8"),
    /** A message over the limit. */
    TOO_LARGE(1009, "message too large"),
    /** The node could not do what it must to serve this socket. */
    INTERNAL(1011, "internal error"),
    /** Nothing heard for the heartbeat's timeout. */
    HEARTBEAT_TIMEOUT(4000, "heartbeat timeout"),
    /** The client does not read what is sent to it. */
    TOO_SLOW(4001, "too slow to read"),
    /** Rate limit passed after a warning. */
    RATE_LIMITED(4002, "rate limited"),
    /** No valid {@code hello}, or none in time. */
    NOT_AUTHENTICATED(4401, "not authenticated"),
    /** The same session came back on another socket. */
    RESUMED_ELSEWHERE(4500, "session resumed elsewhere"),
    /** A moderator removed the session. */
    REMOVED(4501, "removed by a moderator"),
    /** The token's time is over. */
    TOKEN_EXPIRED(4503, "token expired");

    /** A control frame holds 125 bytes, two of which are the code. */
    private static final int LONGEST_REASON = 123;

    private final short code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = (short) code;
        this.reason = reason;
    }

    /** The number in the close frame. */
    public short code() {
        return code;
    }

    /** As much of a reason as a close frame has room for: whole characters, 123 bytes of UTF-8 at most. */
    public static String fitting(String reason) {
        int end = Math.min(reason.length(), LONGEST_REASON);
        if (end > 0 && Character.isHighSurrogate(reason.charAt(end - 1))) {
            end--;
        }
        while (reason.substring(0, end).getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
            end = reason.offsetByCodePoints(end, -1);
        }
        return reason.substring(0, end);
    }

    /**
     * Whether the client broke a rule of WebSocket, or of what it may send: nothing that it sends then is looked at,
     * its close neither.
     */
    public boolean fails() {
        return this == PROTOCOL || this == NOT_TEXT || this == NOT_UTF8 || this == TOO_LARGE;
    }

    /** The words in the close frame. */
    public String reason() {
        return reason;
    }
}
