package dev.baton.log;

/** The log could not do what it was asked; the message is in plain words and holds no secret and no content. */
public final class LogException extends RuntimeException {
    /** What a caller can do about it. */
    public enum Reason {
        /** Too much is waiting; nothing was written. Try again after {@link #retryMillis()}. */
        BUSY,
        /**
         * The store is down or too slow, or the log is closed. Whether it was written may be unknown: the same call
         * again is safe, for everything here is idempotent by operation id or claimant.
         */
        UNAVAILABLE,
        /** The session goes on with another connection; nothing was written. */
        SUPERSEDED
    }

    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final long retryMillis;

    private LogException(Reason reason, long retryMillis, String message) {
        super(message);
        this.reason = reason;
        this.retryMillis = retryMillis;
    }

    static LogException busy(long retryMillis, String message) {
        return new LogException(Reason.BUSY, retryMillis, message);
    }

    static LogException superseded() {
        return new LogException(Reason.SUPERSEDED, 0, "the session goes on with another connection");
    }

    static LogException unavailable(String message) {
        return new LogException(Reason.UNAVAILABLE, 1_000, message);
    }

    /** What a caller can do about it. */
    public Reason reason() {
        return reason;
    }

    /** When trying again makes sense, in milliseconds from now. */
    public long retryMillis() {
        return retryMillis;
    }
}
