package dev.baton.rights;

import java.io.Serializable;

/** Whether a session in line is there. */
public sealed interface Presence extends Serializable {

    /** It is connected. */
    record Here() implements Presence {}

    /**
     * It is not, and may come back. Times in milliseconds of cluster time.
     *
     * @param cause {@code closed}, {@code timeout}, {@code node-lost} or {@link #MISSING}
     * @param since when it was lost
     * @param until if it holds the pen and others wait, the pen is kept for it this long
     * @param expires when its session is gone
     */
    record Away(String cause, long since, long until, long expires) implements Presence {}

    /** The cause when the session's record was lost with its members and has not been put back yet. */
    String MISSING = "missing";

    /** The one value of {@link Here}. */
    Presence HERE = new Here();
}
