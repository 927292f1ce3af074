package dev.baton.conformance;

import static dev.baton.conformance.Case.code;
import static dev.baton.conformance.Case.fragments;
import static dev.baton.conformance.Case.hex;
import static dev.baton.conformance.Case.named;
import static dev.baton.conformance.Case.ping;
import static dev.baton.conformance.Case.slice;
import static dev.baton.conformance.Wire.BINARY;
import static dev.baton.conformance.Wire.CLOSE;
import static dev.baton.conformance.Wire.CONTINUATION;
import static dev.baton.conformance.Wire.PING;
import static dev.baton.conformance.Wire.PONG;
import static dev.baton.conformance.Wire.TEXT;
import static dev.baton.conformance.Wire.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Fragmentation, and limits. */
final class MessageCases {
    private MessageCases() {}

    static Stream<Case> fragmentation() {
        byte[] message = ping("t", 200);
        byte[] first = slice(message, 0, 100);
        byte[] second = slice(message, 100, 200);
        Stream<Case> sizes = Stream.of(1, 2, 3, 99, 199)
                .flatMap(size -> Stream.of(
                        named("fragments of " + size + " bytes", wire -> {
                            fragments(wire, message, size);
                            wire.answered("t");
                        }),
                        named("fragments of " + size + " bytes in packets of one", wire -> {
                            for (int from = 0; from < 200; from += size) {
                                int to = Math.min(200, from + size);
                                wire.chopped(
                                        Wire.frame(
                                                (to == 200 ? 0x80 : 0) | (from == 0 ? TEXT : CONTINUATION),
                                                slice(message, from, to)),
                                        1);
                            }
                            wire.answered("t");
                        })));
        Stream<Case> controls = Stream.of(PING, PONG, CLOSE)
                .map(opcode -> named("opcode " + opcode + " in fragments", wire -> {
                    wire.frame(opcode, false, new byte[0]);
                    wire.frame(CONTINUATION, true, new byte[0]);
                    wire.failed(1002);
                }));
        Stream<Case> nothing = Stream.of(true, false).flatMap(last -> Stream.of(0, 5)
                .map(size -> named(
                        "a continuation of nothing, " + (last ? "the last" : "not the last") + ", " + size + " bytes",
                        wire -> {
                            wire.frame(CONTINUATION, last, new byte[size]);
                            wire.failed(1002);
                        })));
        return Stream.of(
                        sizes,
                        controls,
                        nothing,
                        Stream.of(
                                named("a ping between two fragments", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(PING, true, utf8("between"));
                                    wire.ponged(utf8("between"));
                                    wire.frame(CONTINUATION, true, second);
                                    wire.answered("t");
                                }),
                                named("a pong between two fragments", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(PONG, true, utf8("between"));
                                    wire.frame(CONTINUATION, true, second);
                                    wire.answered("t");
                                }),
                                named("a close between two fragments", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(CLOSE, true, code(1000));
                                    wire.closed(1000);
                                    wire.ended();
                                }),
                                named("empty fragments first, between and last", wire -> {
                                    wire.frame(TEXT, false, new byte[0]);
                                    wire.frame(CONTINUATION, false, first);
                                    wire.frame(CONTINUATION, false, new byte[0]);
                                    wire.frame(CONTINUATION, false, second);
                                    wire.frame(CONTINUATION, true, new byte[0]);
                                    wire.answered("t");
                                }),
                                named("nothing in three fragments", wire -> {
                                    wire.frame(TEXT, false, new byte[0]);
                                    wire.frame(CONTINUATION, false, new byte[0]);
                                    wire.frame(CONTINUATION, true, new byte[0]);
                                    assertThat(wire.nextText().getString("code"))
                                            .isEqualTo("bad-message");
                                }),
                                named("a continuation after a whole text", wire -> {
                                    wire.frame(TEXT, true, message);
                                    wire.frame(CONTINUATION, true, second);
                                    wire.answered("t");
                                    wire.failed(1002);
                                }),
                                named("a text within a text", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(TEXT, true, message);
                                    wire.failed(1002);
                                }),
                                named("a fragment of a text within a text", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(TEXT, false, second);
                                    wire.failed(1002);
                                }),
                                named("a binary message within a text", wire -> {
                                    wire.frame(TEXT, false, first);
                                    wire.frame(BINARY, true, second);
                                    wire.failed(1002);
                                }),
                                named("two messages in fragments", wire -> {
                                    fragments(wire, ping("one", 300), 70);
                                    fragments(wire, ping("two", 300), 70);
                                    wire.answered("one");
                                    wire.answered("two");
                                })))
                .flatMap(cases -> cases);
    }

    static Stream<Case> limits() {
        Stream<Case> large = Stream.of(1024, 4096, 16_384, 65_536, ConformanceIT.LARGEST - 1, ConformanceIT.LARGEST)
                .flatMap(size -> Stream.of(
                        named(size + " bytes in one frame", wire -> {
                            wire.frame(TEXT, true, ping("t", size));
                            wire.answered("t");
                        }),
                        named(size + " bytes in 64 fragments", wire -> {
                            fragments(wire, ping("t", size), size / 64 + 1);
                            wire.answered("t");
                        })));
        Stream<Case> packets = Stream.of(64, 512, 4096)
                .map(piece -> named("the largest in packets of " + piece, wire -> {
                    wire.chopped(Wire.frame(0x80 | TEXT, ping("t", ConformanceIT.LARGEST)), piece);
                    wire.answered("t");
                }));
        Stream<Case> beyond = Stream.of(
                named("a byte more in one frame", wire -> {
                    wire.frame(TEXT, true, ping("t", ConformanceIT.LARGEST + 1));
                    wire.failed(1009);
                }),
                named("a byte more in fragments", wire -> {
                    fragments(wire, ping("t", ConformanceIT.LARGEST + 1), 4096);
                    wire.failed(1009);
                }),
                named("a megabyte in fragments that are no end", wire -> {
                    wire.frame(TEXT, false, new byte[0]);
                    for (int i = 0; i < 256; i++) {
                        wire.frame(CONTINUATION, false, utf8("*".repeat(4096)));
                    }
                    wire.failed(1009);
                }),
                named("the head of a frame that is a byte too large", wire -> {
                    wire.send(hex("81 ff 00 00 00 00 00 02 00 01 00 00 00 00"));
                    wire.failed(1009);
                }),
                named("the head of a frame of 2^62 bytes", wire -> {
                    wire.send(hex("81 ff 40 00 00 00 00 00 00 00 00 00 00 00"));
                    wire.failed(1009);
                }),
                named("a thousand texts in one packet", wire -> {
                    wire.send(Wire.join(IntStream.range(0, 1000)
                            .mapToObj(i -> Wire.frame(0x80 | TEXT, ping("n" + i)))
                            .toArray(byte[][]::new)));
                    IntStream.range(0, 1000).forEach(i -> wire.answered("n" + i));
                }));
        return Stream.of(large, packets, beyond).flatMap(cases -> cases);
    }
}
