package dev.baton.protocol;

/**
 * JSON text that passes through unread: an application's data, or the {@code ref} of a request. It was checked to be
 * one well-formed value when it came in and is written out as it was, so no number loses a digit on the way.
 *
 * @param text one JSON value
 */
public record Json(String text) {

    /** The value {@code null}. */
    public static final Json NULL = new Json("null");

    /** How many bytes its text takes in UTF-8. */
    public long bytes() {
        return bytes(text);
    }

    /** How many bytes a text takes in UTF-8; half a surrogate pair counts as two. */
    public static long bytes(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x800 && !Character.isSurrogate(c)) {
                bytes += 2;
            } else if (c >= 0x80) {
                bytes += 1;
            }
        }
        return bytes;
    }

    /** Its length and nothing else: data is the user's, and no log line shows it. */
    @Override
    public String toString() {
        return "Json[" + text.length() + " characters]";
    }
}
