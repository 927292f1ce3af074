package dev.baton.log;

/** What text can be stored: all but U+0000 and halves of surrogate pairs, which PostgreSQL has no encoding for. */
public final class Text {
    /**
     * The most characters, counted in code points, of a document's name, a session and an operation id: what stands
     * together in one index of PostgreSQL must fit into a third of a page.
     */
    public static final int LONGEST_NAME = 200;

    private Text() {}

    /** Whether the log can store this text; callers that take text from outside ask before they hand it in. */
    public static boolean storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    static void require(String what, String text) {
        if (!storable(text)) {
            throw new IllegalArgumentException(what + " holds U+0000 or half of a surrogate pair and cannot be stored");
        }
    }

    static void requireName(String what, String text) {
        if (text.isEmpty() || text.codePointCount(0, text.length()) > LONGEST_NAME) {
            throw new IllegalArgumentException(what + " must have 1 to " + LONGEST_NAME + " characters, not "
                    + text.codePointCount(0, text.length()));
        }
        require(what, text);
    }
}
