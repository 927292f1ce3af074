package dev.baton.heartbeat;

/**
 * What a turn of the wheel asks for. Called on the wheel's event loop, from inside {@link HeartbeatWheel#tick}; it may
 * add, remove and repace any beat, its own too, but not tick. What it throws comes out of {@code tick}; the wheel stays
 * whole, and the next tick goes on with whoever had not had its call yet.
 *
 * @param <T> what the beats stand for
 */
public interface Visitor<T> {

    /** The time for a ping has come. */
    void ping(T subject);

    /** Nothing was heard for the timeout. Its beat is out of the wheel already, so that this is said once. */
    void silent(T subject);
}
