package dev.baton.protocol;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** JSON as others write it: with white space, escapes, long numbers, names that come twice. */
final class JsonTexts {
    private JsonTexts() {}

    /** Any value, as its text. */
    static Arbitrary<String> values() {
        return values(4);
    }

    private static Arbitrary<String> values(int depth) {
        Arbitrary<String> leaf =
                Arbitraries.oneOf(strings(), numbers(), Arbitraries.of("true", "false", "null", "{}", "[ ]"));
        return depth == 0
                ? leaf
                : Arbitraries.frequencyOf(
                        Tuple.of(2, leaf), Tuple.of(2, objects(depth - 1)), Tuple.of(1, arrays(depth - 1)));
    }

    private static Arbitrary<String> objects(int depth) {
        Arbitrary<String> member = Combinators.combine(space(), names(), space(), values(depth), space())
                .as((a, name, b, value, c) -> a + name + b + ":" + value + c);
        return member.list().ofMaxSize(4).map(members -> "{" + String.join(",", members) + "}");
    }

    private static Arbitrary<String> arrays(int depth) {
        Arbitrary<String> item = Combinators.combine(space(), values(depth), space())
                .as((before, value, after) -> before + value + after);
        return item.list().ofMinSize(1).ofMaxSize(4).map(items -> "[" + String.join(",", items) + "]");
    }

    /** Few, so that some come twice. */
    private static Arbitrary<String> names() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of("\"a\"", "\"data\"", "\"type\"", "\"ref\"", "\"\"", "\"\\u0061\"")),
                Tuple.of(1, strings()));
    }

    /** Any string, in its quotes. */
    static Arbitrary<String> strings() {
        Arbitrary<String> plain = Arbitraries.chars()
                .filter(c -> c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c))
                .map(String::valueOf);
        Arbitrary<String> astral =
                Arbitraries.integers().between(0x10000, 0x10ffff).map(Character::toString);
        Arbitrary<String> escape = Arbitraries.of(
                "\\\"",
                "\\\\",
                "\\/",
                "\\b",
                "\\f",
                "\\n",
                "\\r",
                "\\t",
                "\\u0000",
                "\\u00e9",
                "\\ud83d\\ude00",
                "\\ud800",
                "\\uDC00");
        Arbitrary<String> brackets = Arbitraries.of("{", "}", "[", "]", ",", ":", "x");
        return Arbitraries.oneOf(plain, astral, escape, brackets)
                .list()
                .ofMaxSize(12)
                .map(parts -> "\"" + String.join("", parts) + "\"");
    }

    /** Numbers that neither a long nor a double can hold among them. */
    static Arbitrary<String> numbers() {
        Arbitrary<String> digits =
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40).map(text -> "1" + text);
        Arbitrary<String> whole = Arbitraries.oneOf(digits, Arbitraries.of("0", "7"));
        Arbitrary<String> sign = Arbitraries.of("", "-");
        Arbitrary<String> fraction = Arbitraries.oneOf(Arbitraries.just(""), digits.map(text -> "." + text));
        Arbitrary<String> exponent = Arbitraries.of("", "", "e5", "E+300", "e-12");
        return Combinators.combine(sign, whole, fraction, exponent).as((a, b, c, d) -> a + b + c + d);
    }

    /** What may stand between any two parts. */
    static Arbitrary<String> space() {
        return Arbitraries.of("", "", "", " ", "\n", "\t\r\n  ");
    }
}
