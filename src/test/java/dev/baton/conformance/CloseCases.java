package dev.baton.conformance;

import static dev.baton.conformance.Case.code;
import static dev.baton.conformance.Case.hex;
import static dev.baton.conformance.Case.named;
import static dev.baton.conformance.Case.ping;
import static dev.baton.conformance.Wire.CLOSE;
import static dev.baton.conformance.Wire.PING;
import static dev.baton.conformance.Wire.TEXT;
import static dev.baton.conformance.Wire.utf8;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The end of a connection. */
final class CloseCases {
    private CloseCases() {}

    static Stream<Case> closes() {
        Stream<Case> good = IntStream.of(
                        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4401,
                        4999)
                .mapToObj(code -> named("closed with " + code, wire -> {
                    wire.frame(CLOSE, true, code(code));
                    wire.closed(code);
                    wire.ended();
                }));
        Stream<Case> bad = IntStream.of(
                        0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 32_767, 32_768, 65_535)
                .mapToObj(code -> named("closed with " + code, wire -> {
                    wire.frame(CLOSE, true, code(code));
                    wire.failed(1002);
                }));
        Stream<Case> reasons = Stream.of("c0", "e2 82", "ed a0 80", "ce ba ff")
                .map(bytes -> named("closed with a reason that is not UTF-8: " + bytes, wire -> {
                    wire.frame(CLOSE, true, Wire.join(code(1000), hex(bytes)));
                    wire.failed(1007);
                }));
        return Stream.of(
                        good,
                        bad,
                        reasons,
                        Stream.of(
                                named("closed without a code", wire -> {
                                    wire.frame(CLOSE, true, new byte[0]);
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("closed with half a code", wire -> {
                                    wire.frame(CLOSE, true, new byte[] {3});
                                    wire.failed(1002);
                                }),
                                named("closed with a reason", wire -> {
                                    wire.frame(CLOSE, true, Wire.join(code(1000), utf8("so long, €")));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("closed with the longest reason", wire -> {
                                    wire.frame(CLOSE, true, Wire.join(code(1000), utf8("*".repeat(123))));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("a text before the close", wire -> {
                                    wire.frame(TEXT, true, ping("t"));
                                    wire.answered("t");
                                    wire.frame(CLOSE, true, code(1000));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("a text after the close", wire -> {
                                    wire.send(Wire.join(
                                            Wire.frame(0x80 | CLOSE, code(1000)), Wire.frame(0x80 | TEXT, ping("t"))));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("a ping after the close", wire -> {
                                    wire.send(Wire.join(
                                            Wire.frame(0x80 | CLOSE, code(1000)), Wire.frame(0x80 | PING, utf8("p"))));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("two closes", wire -> {
                                    wire.send(Wire.join(
                                            Wire.frame(0x80 | CLOSE, code(1000)),
                                            Wire.frame(0x80 | CLOSE, code(1001))));
                                    wire.closed(1000);
                                    wire.ended();
                                })))
                .flatMap(cases -> cases);
    }
}
