package dev.baton.protocol;

import java.util.Optional;

/** A frame that cannot be taken; says what was wrong with it in words meant for the one who sent it. */
public final class BadMessage extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Optional<Json> ref;

    BadMessage(ErrorCode code, String message, Optional<Json> ref) {
        super(message, null, false, false);
        this.code = code;
        this.ref = ref;
    }

    /** The code to answer with. */
    public ErrorCode code() {
        return code;
    }

    /** The {@code ref} of the frame, as far as it could be read. */
    public Optional<Json> ref() {
        return ref;
    }
}
