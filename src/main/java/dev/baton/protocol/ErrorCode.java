package dev.baton.protocol;

/** What can be wrong with a request; the code travels in an {@code error} frame and the socket stays open. */
public enum ErrorCode {
    BAD_MESSAGE("bad-message"),
    UNKNOWN_TYPE("unknown-type"),
    BAD_DOCUMENT("bad-document"),
    NOT_JOINED("not-joined"),
    FORBIDDEN("forbidden"),
    TOO_LARGE("too-large"),
    RATE_LIMITED("rate-limited"),
    OUT_OF_ORDER("out-of-order"),
    BUSY("busy"),
    UNAVAILABLE("unavailable"),
    INTERNAL("internal");

    private final String word;

    ErrorCode(String word) {
        this.word = word;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }
}
