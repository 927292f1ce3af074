package dev.baton.conformance;

import static dev.baton.conformance.Case.code;
import static dev.baton.conformance.Case.hex;
import static dev.baton.conformance.Case.named;
import static dev.baton.conformance.Case.ping;
import static dev.baton.conformance.Case.slice;
import static dev.baton.conformance.Wire.BINARY;
import static dev.baton.conformance.Wire.CLOSE;
import static dev.baton.conformance.Wire.PING;
import static dev.baton.conformance.Wire.PONG;
import static dev.baton.conformance.Wire.TEXT;
import static dev.baton.conformance.Wire.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Framing, pings and pongs, reserved bits, opcodes. */
final class FrameCases {
    private FrameCases() {}

    static Stream<Case> framing() {
        List<Integer> sizes = List.of(64, 125, 126, 127, 128, 65_535, 65_536);
        Stream<Case> whole = sizes.stream()
                .map(size -> named("a text of " + size + " bytes", wire -> {
                    wire.frame(TEXT, true, ping("t", size));
                    wire.answered("t");
                }));
        Stream<Case> chopped = Stream.of(1, 7, 128, 997)
                .map(piece -> named("a text of 1000 bytes in packets of " + piece, wire -> {
                    wire.chopped(Wire.frame(0x80 | TEXT, ping("t", 1000)), piece);
                    wire.answered("t");
                }));
        Stream<Case> binary = Stream.of(0, 1, 125, 126, 127, 128, 65_535, 65_536)
                .map(size -> named("a binary message of " + size + " bytes", wire -> {
                    wire.frame(BINARY, true, new byte[size]);
                    wire.failed(1003);
                }));
        return Stream.of(
                        whole,
                        chopped,
                        binary,
                        Stream.of(
                                named("an empty text", wire -> {
                                    wire.frame(TEXT, true, new byte[0]);
                                    assertThat(wire.nextText().getString("code"))
                                            .isEqualTo("bad-message");
                                    wire.frame(TEXT, true, ping("on"));
                                    wire.answered("on");
                                }),
                                named("a fragment of a binary message", wire -> {
                                    wire.frame(BINARY, false, new byte[3]);
                                    wire.failed(1003);
                                }),
                                named("a frame without a mask", wire -> {
                                    wire.send(new byte[] {(byte) 0x81, 2, '{', '}'});
                                    wire.failed(1002);
                                }),
                                named("an empty frame without a mask", wire -> {
                                    wire.send(new byte[] {(byte) 0x81, 0});
                                    wire.failed(1002);
                                }),
                                named("a close without a mask", wire -> {
                                    wire.send(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
                                    wire.failed(1002);
                                }),
                                named("a length in two bytes that has room in one", wire -> {
                                    wire.send(hex("81 fe 00 7d 00 00 00 00"));
                                    wire.failed(1002);
                                }),
                                named("a length in eight bytes that has room in two", wire -> {
                                    wire.send(hex("81 ff 00 00 00 00 00 00 ff ff 00 00 00 00"));
                                    wire.failed(1002);
                                }),
                                named("a length with its highest bit set", wire -> {
                                    wire.send(hex("81 ff 80 00 00 00 00 00 00 00 00 00 00 00"));
                                    wire.failed(1002);
                                })))
                .flatMap(cases -> cases);
    }

    static Stream<Case> pings() {
        Stream<Case> sizes = Stream.of(0, 1, 5, 124, 125)
                .map(size -> named("a ping of " + size + " bytes", wire -> {
                    byte[] payload = new byte[size];
                    Arrays.fill(payload, (byte) 0xfe);
                    wire.frame(PING, true, payload);
                    wire.ponged(payload);
                }));
        Stream<Case> tooLong = Stream.of(126, 127, 1000, 65_536).flatMap(size -> Stream.of(PING, PONG, CLOSE)
                .map(opcode -> named("opcode " + opcode + " with " + size + " bytes", wire -> {
                    wire.frame(opcode, true, new byte[size]);
                    wire.failed(1002);
                })));
        return Stream.of(
                        sizes,
                        tooLong,
                        Stream.of(
                                named("a ping in packets of one byte", wire -> {
                                    wire.chopped(Wire.frame(0x80 | PING, utf8("chopped")), 1);
                                    wire.ponged(utf8("chopped"));
                                }),
                                named("ten pings at once", wire -> {
                                    wire.send(Wire.join(IntStream.range(0, 10)
                                            .mapToObj(i -> Wire.frame(0x80 | PING, utf8("n" + i)))
                                            .toArray(byte[][]::new)));
                                    IntStream.range(0, 10).forEach(i -> wire.ponged(utf8("n" + i)));
                                }),
                                named("pings in packets of three bytes", wire -> {
                                    wire.chopped(
                                            Wire.join(IntStream.range(0, 10)
                                                    .mapToObj(i -> Wire.frame(0x80 | PING, utf8("n" + i)))
                                                    .toArray(byte[][]::new)),
                                            3);
                                    IntStream.range(0, 10).forEach(i -> wire.ponged(utf8("n" + i)));
                                }),
                                named("a pong that nobody asked for", wire -> {
                                    wire.frame(PONG, true, new byte[0]);
                                    wire.frame(PONG, true, utf8("unasked"));
                                    wire.frame(PING, true, utf8("asked"));
                                    wire.ponged(utf8("asked"));
                                }),
                                named("a ping and a text", wire -> {
                                    wire.frame(PING, true, utf8("p"));
                                    wire.frame(TEXT, true, ping("t"));
                                    wire.ponged(utf8("p"));
                                    wire.answered("t");
                                })))
                .flatMap(cases -> cases);
    }

    static Stream<Case> reservedBits() {
        return IntStream.rangeClosed(1, 7)
                .boxed()
                .flatMap(bits -> Stream.of(
                        named("a text with the bits " + bits, wire -> {
                            wire.send(Wire.frame(0x80 | (bits << 4) | TEXT, ping("t")));
                            wire.failed(1002);
                        }),
                        named("a ping with the bits " + bits + " after a text", wire -> {
                            wire.frame(TEXT, true, ping("t"));
                            wire.send(Wire.frame(0x80 | (bits << 4) | PING, utf8("p")));
                            wire.answered("t");
                            wire.failed(1002);
                        }),
                        named("a close with the bits " + bits, wire -> {
                            wire.send(Wire.frame(0x80 | (bits << 4) | CLOSE, code(1000)));
                            wire.failed(1002);
                        }),
                        named("a last fragment with the bits " + bits, wire -> {
                            wire.frame(TEXT, false, slice(ping("t"), 0, 5));
                            wire.send(Wire.frame(0x80 | (bits << 4), slice(ping("t"), 5, ping("t").length)));
                            wire.failed(1002);
                        })));
    }

    static Stream<Case> opcodes() {
        return IntStream.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
                .boxed()
                .flatMap(opcode -> Stream.of(
                        named("opcode " + opcode + " without payload", wire -> {
                            wire.frame(opcode, true, new byte[0]);
                            wire.failed(1002);
                        }),
                        named("opcode " + opcode + " with payload, after a text and before a ping", wire -> {
                            wire.frame(TEXT, true, ping("t"));
                            wire.frame(opcode, true, utf8("reserved"));
                            wire.frame(PING, true, new byte[0]);
                            wire.answered("t");
                            wire.failed(1002);
                        }),
                        named("opcode " + opcode + " in packets of one byte", wire -> {
                            wire.chopped(Wire.frame(0x80 | opcode, utf8("x")), 1);
                            wire.failed(1002);
                        })));
    }
}
