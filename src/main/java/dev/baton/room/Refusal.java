package dev.baton.room;

import dev.baton.protocol.ErrorCode;
import java.util.OptionalLong;

/** A request that cannot be done, in words for the one who asked. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ErrorCode code;
    private final transient OptionalLong retry;

    Refusal(ErrorCode code, String message) {
        this(code, message, OptionalLong.empty());
    }

    Refusal(ErrorCode code, String message, OptionalLong retry) {
        super(message, null, false, false);
        this.code = code;
        this.retry = retry;
    }

    ErrorCode code() {
        return code;
    }

    /** When the same again makes sense, in milliseconds from now. */
    OptionalLong retry() {
        return retry;
    }
}
