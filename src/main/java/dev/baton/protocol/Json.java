package dev.baton.protocol;

/**
 * JSON text that passes through unread: an application's data, or the {@code ref} of a request. It was checked to be one
 * well-formed value when it came in and is written out as it was, so no number loses a digit on the way.
 *
 * @param text one JSON value
 */
public record Json(String text) {

    /** The value {@code null}. */
    public static final Json NULL = new Json("null");

    /** Its length and nothing else: data is the user's, and no log line shows it. */
    @Override
    public String toString() {
        return "Json[" + text.length() + " characters]";
    }
}
