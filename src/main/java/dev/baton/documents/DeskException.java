package dev.baton.documents;

/** What was asked cannot be done; the message is in plain words for the one who asked. */
public final class DeskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The request is wrong. */
    public static final int BAD = 400;

    /** There is no such thing. */
    public static final int ABSENT = 404;

    /** There is, but it cannot be done as things stand. */
    public static final int CONFLICT = 409;

    /** The node failed; its log says why. */
    public static final int INTERNAL = 500;

    /** The store or the cluster does not answer; the same again makes sense later. */
    public static final int UNAVAILABLE = 503;

    private final int code;

    DeskException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Which of these it is: the failure code on the bus, the status over HTTP. */
    public int code() {
        return code;
    }
}
