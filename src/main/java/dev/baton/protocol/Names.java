package dev.baton.protocol;

import java.util.Optional;

/** What a user's id or name may be, wherever it comes from: nothing that breaks a line, hides text or turns it round. Pure. */
public final class Names {

    private Names() {}

    /** What is wrong with it, as the end of a sentence that begins with what it is; empty when nothing is. */
    public static Optional<String> fault(String name, int longest) {
        if (name.isBlank() || name.codePointCount(0, name.length()) > longest) {
            return Optional.of("must have 1 to " + longest + " characters");
        }
        if (name.codePoints().anyMatch(Names::unprintable)) {
            return Optional.of("must not hold control characters");
        }
        return Optional.empty();
    }

    /** Control and format characters, line and paragraph separators, lone surrogates: they break a line or hide text. */
    private static boolean unprintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> !joiner(point);
            default -> false;
        };
    }

    /** Zero-width joiner and non-joiner are part of names in several scripts, and of emoji. */
    private static boolean joiner(int point) {
        return point == 0x200c || point == 0x200d;
    }
}
