package dev.baton.client;

/**
 * An edit that is not in the log, or not known to be, and that nobody else keeps.
 *
 * @param document the document it was for
 * @param epoch the epoch it was made under
 * @param id its operation id
 * @param data what it was
 * @param uncertain true when it may have been stored all the same: the connection ended before the answer, the session
 *     could not be resumed, and the log was not told from there on
 */
public record Draft(String document, long epoch, String id, Object data, boolean uncertain) {}
