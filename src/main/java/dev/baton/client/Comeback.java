package dev.baton.client;

import java.time.Duration;
import java.util.Set;

/**
 * Whether coming back makes sense after a connection ended or failed to be made. Pure.
 *
 * @param sensible false when the node would only say the same again
 * @param notBefore the shortest wait the node asked for
 * @param code the close code; the HTTP status for a handshake that was turned down; 1006 for a network that failed
 * @param reason in words
 */
record Comeback(boolean sensible, Duration notBefore, int code, String reason) {

    /** A fault of this client's, which it would make again, or a refusal that holds. */
    private static final Set<Integer> FINAL = Set.of(1002, 1003, 1007, 1008, 4401);

    private static final int FIRST_FINAL = 4500;
    private static final int LAST_FINAL = 4999;
    private static final Set<String> PASSING =
            Set.of("busy", "unavailable", "rate-limited", "internal", "out-of-order");

    private static final Set<String> DOUBTFUL = Set.of("unavailable", "internal");
    private static final int NOT_AUTHENTICATED = 4401;

    /** After a close code. */
    static Comeback after(int code, String reason) {
        boolean isFinal = FINAL.contains(code) || (code >= FIRST_FINAL && code <= LAST_FINAL);
        return new Comeback(!isFinal, Duration.ZERO, code, reason);
    }

    /** After {@link BatonClient#connect} failed. */
    static Comeback after(Throwable cause) {
        if (cause instanceof ConnectionClosed closed) {
            return after(closed.code(), closed.reason());
        }
        if (cause instanceof HandshakeRejected rejected) {
            boolean passing = rejected.status() >= 500 || rejected.status() == 429;
            Duration wait = Duration.ofMillis(rejected.retryMillis().orElse(0));
            return new Comeback(passing, wait, rejected.status(), rejected.getMessage());
        }
        if (cause instanceof BatonException error) {
            Duration wait = Duration.ofMillis(error.retryMillis().orElse(0));
            int code = passing(error) ? Connection.ABNORMAL : NOT_AUTHENTICATED;
            return new Comeback(passing(error), wait, code, error.getMessage());
        }
        String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Comeback(true, Duration.ZERO, Connection.ABNORMAL, words);
    }

    /** Whether an operation that got this error may have been stored all the same. */
    static boolean doubtful(BatonException error) {
        return DOUBTFUL.contains(error.code());
    }

    /** Whether a request that got this error may get another answer later. */
    static boolean passing(BatonException error) {
        return PASSING.contains(error.code()) || error.retryMillis().isPresent();
    }
}
