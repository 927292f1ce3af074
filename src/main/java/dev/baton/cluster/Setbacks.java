package dev.baton.cluster;

import io.vertx.core.AsyncResult;
import org.slf4j.Logger;

/**
 * What becomes of something that is done over and over: that it failed is no news where the next time puts it right,
 * and is told once when it goes on failing. Confined to one context.
 */
public final class Setbacks {
    /** Of what a {@link Reader} reads, whose patience doubles, that is a second in which nothing came of it. */
    static final int IN_A_ROW = 3;

    private final Logger log;
    private final String what;
    private int failed;

    /** {@code what} is done over and over, as it is called in the log. */
    public Setbacks(Logger log, String what) {
        this.log = log;
        this.what = what;
    }

    /** It has been done, or has failed; what was asked before a node was lost is neither. */
    public void after(AsyncResult<?> done) {
        if (done.failed() && done.cause() instanceof Reader.LostMeanwhile) {
            return;
        }
        if (done.succeeded()) {
            if (failed >= IN_A_ROW) {
                log.info("{} goes on", what);
            }
            failed = 0;
        } else if (++failed == IN_A_ROW) {
            log.warn(
                    "{} put off, {} times in a row: {}",
                    what,
                    IN_A_ROW,
                    done.cause().toString());
        } else {
            log.debug("{} put off: {}", what, done.cause().toString());
        }
    }
}
