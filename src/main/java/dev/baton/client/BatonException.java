package dev.baton.client;

import java.util.OptionalLong;

/** A request was answered by {@code error}: nothing of it was done. */
public final class BatonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final long retryMillis;

    BatonException(String code, String message, OptionalLong retryMillis) {
        super(code + ": " + message);
        this.code = code;
        this.retryMillis = retryMillis.orElse(-1);
    }

    /** The error's code, as in the protocol: {@code not-joined}, {@code busy}, {@code unavailable}, … */
    public String code() {
        return code;
    }

    /** After how many milliseconds trying again makes sense; empty where it does not. */
    public OptionalLong retryMillis() {
        return retryMillis < 0 ? OptionalLong.empty() : OptionalLong.of(retryMillis);
    }
}
