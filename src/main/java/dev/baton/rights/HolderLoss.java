package dev.baton.rights;

import io.vertx.core.Future;

/**
 * The short way of a loss: the node that had a holder's connection tells the lock itself, without waiting for the
 * session's record and for the news of it. The news come too, and change nothing then; where this fails they do what it
 * would have done.
 */
@FunctionalInterface
public interface HolderLoss {

    /**
     * That connection of the holder was lost. Any context; completes on the caller's when the pen has moved, or is
     * reserved, or that could not be done; never fails.
     *
     * @param generation which of the session's connections it was
     * @param cause why, as the cluster is told
     * @param since when, in milliseconds of cluster time
     */
    Future<Void> lost(String document, String session, long generation, String cause, long since);
}
