package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import dev.baton.protocol.ErrorCode;
import java.util.Optional;
import java.util.OptionalLong;

/** Why a {@code hello} is not accepted, in words for the one who said it, and what becomes of the socket. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient OptionalLong retry;
    private final transient Optional<CloseCode> close;

    private Refusal(ErrorCode code, String message, OptionalLong retry, Optional<CloseCode> close) {
        super(message, null, false, false);
        this.code = code;
        this.retry = retry;
        this.close = close;
    }

    /** It does not say who is there, or is not believed. */
    static Refusal unknown(ErrorCode code, String message) {
        return new Refusal(code, message, OptionalLong.empty(), Optional.of(CloseCode.NOT_AUTHENTICATED));
    }

    /** There is no room for this one now; in so many milliseconds there may be. */
    static Refusal full(String message, long retry) {
        return new Refusal(
                ErrorCode.RATE_LIMITED, message, OptionalLong.of(retry), Optional.of(CloseCode.RATE_LIMITED));
    }

    /** It makes no sense now; everything stays as it is. */
    static Refusal idle(String message) {
        return new Refusal(ErrorCode.BAD_MESSAGE, message, OptionalLong.empty(), Optional.empty());
    }

    /** For whatever else went wrong on the way. */
    static Refusal of(Throwable failure, long retry) {
        return failure instanceof Refusal refusal
                ? refusal
                : new Refusal(
                        ErrorCode.UNAVAILABLE,
                        "the cluster does not answer; try again",
                        OptionalLong.of(retry),
                        Optional.of(CloseCode.INTERNAL));
    }

    /** The code to answer with. */
    ErrorCode code() {
        return code;
    }

    /** When trying again makes sense, in milliseconds. */
    OptionalLong retry() {
        return retry;
    }

    /** What the socket is closed with; empty: it stays open. */
    Optional<CloseCode> close() {
        return close;
    }
}
