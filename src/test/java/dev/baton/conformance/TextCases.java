package dev.baton.conformance;

import static dev.baton.conformance.Case.fragments;
import static dev.baton.conformance.Case.hex;
import static dev.baton.conformance.Case.named;
import static dev.baton.conformance.Wire.CONTINUATION;
import static dev.baton.conformance.Wire.PING;
import static dev.baton.conformance.Wire.TEXT;
import static dev.baton.conformance.Wire.utf8;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** UTF-8, whole and as it comes. */
final class TextCases {
    private TextCases() {}

    private static final List<String> VALID = List.of(
            "c2 80",
            "df bf",
            "e0 a0 80",
            "e1 80 80",
            "ec bf bf",
            "ed 80 80",
            "ed 9f bf",
            "ee 80 80",
            "ef bf bd",
            "ef bf be",
            "ef bf bf",
            "ef b7 90",
            "f0 90 80 80",
            "f0 9f bf be",
            "f0 9f bf bf",
            "f1 80 80 80",
            "f3 bf bf bf",
            "f4 80 80 80",
            "f4 8f bf be",
            "f4 8f bf bf",
            "ce ba e1 bd b9 cf 83 ce bc ce b5",
            "e2 82 ac",
            "f0 9f 98 80",
            "7f");

    private static final List<String> INVALID = List.of(
            "80",
            "bf",
            "80 bf",
            "80 bf 80",
            "80 bf 80 bf 80",
            "c0",
            "c1",
            "c2",
            "df",
            "e0",
            "e0 a0",
            "ef bf",
            "f0",
            "f0 90",
            "f0 90 80",
            "f4 8f bf",
            "f5",
            "f8",
            "fc",
            "fe",
            "ff",
            "fe fe ff ff",
            "c0 80",
            "c0 af",
            "c1 bf",
            "e0 80 80",
            "e0 80 af",
            "e0 9f bf",
            "f0 80 80 80",
            "f0 80 80 af",
            "f0 8f bf bf",
            "f8 80 80 80 af",
            "f8 87 bf bf bf",
            "fc 80 80 80 80 af",
            "fc 83 bf bf bf bf",
            "ed a0 80",
            "ed ad bf",
            "ed ae 80",
            "ed af bf",
            "ed b0 80",
            "ed be 80",
            "ed bf bf",
            "ed a0 80 ed b0 80",
            "ed af bf ed bf bf",
            "f4 90 80 80",
            "f4 90 bf bf",
            "f7 bf bf bf",
            "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64",
            "c2 41",
            "e2 82 41",
            "f0 9f 98 41");

    private static final byte[] HEAD = utf8("{\"type\":\"ping\",\"ref\":\"");
    private static final byte[] TAIL = utf8("\"}");

    static Stream<Case> utf8Sequences() {
        Stream<Case> valid = VALID.stream().flatMap(bytes -> {
            byte[] message = Wire.join(HEAD, hex(bytes), TAIL);
            String text = new String(hex(bytes), StandardCharsets.UTF_8);
            return Stream.of(
                    named("valid in one frame: " + bytes, wire -> {
                        wire.frame(TEXT, true, message);
                        wire.answered(text);
                    }),
                    named("valid in fragments of one byte: " + bytes, wire -> {
                        fragments(wire, message, 1);
                        wire.answered(text);
                    }));
        });
        Stream<Case> invalid = INVALID.stream().flatMap(bytes -> {
            byte[] message = Wire.join(HEAD, hex(bytes), TAIL);
            return Stream.of(
                    named("invalid in one frame: " + bytes, wire -> {
                        wire.frame(TEXT, true, message);
                        wire.failed(1007);
                    }),
                    named("invalid in fragments of one byte: " + bytes, wire -> {
                        fragments(wire, message, 1);
                        wire.failed(1007);
                    }));
        });
        return Stream.concat(valid, invalid);
    }

    /** None of these messages ever ends: what is wrong is said at the fragment that has it. */
    static Stream<Case> utf8AsItComes() {
        Stream<Case> inOne = INVALID.stream()
                .filter(bytes -> bytes.length() > 0)
                .map(bytes -> named("invalid within the first fragment: " + bytes, wire -> {
                    wire.frame(TEXT, false, Wire.join(HEAD, hex(bytes), TAIL));
                    wire.failed(1007);
                }));
        Stream<Case> across = Stream.of("c2|41", "e2 82|41", "f0 9f|98 41", "f4|90 80 80", "ed a0|80", "e0|80", "f0|80")
                .map(bytes -> named("invalid across two fragments: " + bytes, wire -> {
                    String[] halves = bytes.split("\\|", -1);
                    wire.frame(TEXT, false, Wire.join(HEAD, hex(halves[0])));
                    wire.frame(CONTINUATION, false, hex(halves[1]));
                    wire.failed(1007);
                }));
        Stream<Case> after = Stream.of("c0", "ff", "ed a0 80")
                .map(bytes -> named("invalid in the third fragment, after a ping: " + bytes, wire -> {
                    wire.frame(TEXT, false, HEAD);
                    wire.frame(CONTINUATION, false, hex("e2 82"));
                    wire.frame(PING, true, utf8("p"));
                    wire.ponged(utf8("p"));
                    wire.frame(CONTINUATION, false, Wire.join(hex("ac"), hex(bytes), TAIL));
                    wire.failed(1007);
                }));
        return Stream.of(inOne, across, after, Stream.of(named("half a character at the end", wire -> {
                    wire.frame(TEXT, false, HEAD);
                    wire.frame(CONTINUATION, true, hex("e2 82"));
                    wire.failed(1007);
                })))
                .flatMap(cases -> cases);
    }
}
