package dev.baton.protocol;

import java.text.Normalizer;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Users' ids and names, wherever they come from. An id tells people apart, so it is taken as it is or refused. A name
 * is for others to read, and comes from directories that people cannot mend: what must not be in it is taken out, and
 * nobody is shut out for it. All lengths are in Unicode code points. Pure.
 */
public final class Names {

    /** What an id may have: OpenID Connect allows as much for {@code sub}. */
    public static final int LONGEST_ID = 255;

    /** The name of somebody whose id cannot be shown either. */
    public static final String ANONYMOUS = "Anonymous";

    private Names() {}

    // ---- ids ------------------------------------------------------------------------------------------------------

    /** What is wrong with a user's id, as the end of a sentence that begins with what it is; empty when nothing is. */
    public static Optional<String> fault(String id) {
        if (id.codePoints().noneMatch(Names::visible) || length(id) > LONGEST_ID) {
            return Optional.of("must have 1 to " + LONGEST_ID + " characters");
        }
        if (id.codePoints().anyMatch(((IntPredicate) Names::breaking).or(Names::hiding))) {
            return Optional.of("must not hold control characters");
        }
        return Optional.empty();
    }

    /** How long a text is, in code points. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    /**
     * What others are shown of somebody: the name in NFC, in one line, without what hides text or turns it round, cut
     * to the limit; or the id made so, when nothing is left of the name; or {@link #ANONYMOUS}.
     *
     * @param longest in code points, at least 1
     */
    public static String shown(String name, String id, int longest) {
        return cleaned(name, longest)
                .or(() -> cleaned(id, longest))
                .or(() -> cleaned(ANONYMOUS, longest))
                .orElseThrow();
    }

    private static Optional<String> cleaned(String text, int longest) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().filter(point -> !hiding(point)).forEach(point -> kept.appendCodePoint(spaced(point)));
        String whole = Normalizer.normalize(kept, Normalizer.Form.NFC);
        String cut = length(whole) > longest ? whole.substring(0, whole.offsetByCodePoints(0, longest)) : whole;
        String clean = trimmed(cut);
        return clean.codePoints().anyMatch(Names::visible) ? Optional.of(clean) : Optional.empty();
    }

    /** Whatever is a space, or breaks a line, is one space. */
    private static int spaced(int point) {
        return breaking(point) || space(point) ? ' ' : point;
    }

    /** Without spaces at its ends and several in a row, and without joiners that join nothing. */
    private static String trimmed(String text) {
        return text.replaceAll(" {2,}", " ").replaceAll("^[ \\u200c\\u200d]+|[ \\u200c\\u200d]+$", "");
    }

    // ---- characters -----------------------------------------------------------------------------------------------

    /** Control characters, line and paragraph separators: they break a line. */
    private static boolean breaking(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** Format characters hide text or turn it round; halves of surrogate pairs are no text at all. */
    private static boolean hiding(int point) {
        int type = Character.getType(point);
        return (type == Character.FORMAT && !joiner(point)) || type == Character.SURROGATE;
    }

    /** Zero-width joiner and non-joiner are part of names in several scripts, and of emoji. */
    private static boolean joiner(int point) {
        return point == 0x200c || point == 0x200d;
    }

    private static boolean space(int point) {
        return Character.isSpaceChar(point) || Character.isWhitespace(point);
    }

    /**
     * Whether it leaves a mark by itself. Letters and symbols that are blank by definition do not, nor do combining
     * marks.
     */
    private static boolean visible(int point) {
        return switch (point) {
            case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800 -> false; // fillers of Hangul, the blank of Braille
            default ->
                switch (Character.getType(point)) {
                    case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT, Character.SURROGATE ->
                        false;
                    default -> !space(point) && !breaking(point);
                };
        };
    }
}
