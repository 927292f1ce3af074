package dev.baton.protocol;

/** What a document may be called: 1 to 200 characters of {@code A-Z a-z 0-9 . _ ~ / -}. */
public final class DocumentName {

    /** The longest name, in characters. */
    public static final int LONGEST = 200;

    private DocumentName() {}

    /** Whether a document may be called so. */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!allowed(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '~'
                || c == '/'
                || c == '-';
    }
}
