package dev.baton.conformance;

import static dev.baton.conformance.Wire.CONTINUATION;
import static dev.baton.conformance.Wire.TEXT;
import static dev.baton.conformance.Wire.utf8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** What is done on a socket with a session, and what has to come of it. */
record Case(String name, Consumer<Wire> steps) {

    static Case named(String name, Consumer<Wire> steps) {
        return new Case(name, steps);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Baton's ping with that {@code ref}, in UTF-8. */
    static byte[] ping(String ref) {
        return utf8("{\"type\":\"ping\",\"ref\":\"" + ref + "\"}");
    }

    /** The same, filled up to so many bytes. */
    static byte[] ping(String ref, int size) {
        String start = "{\"type\":\"ping\",\"ref\":\"" + ref + "\",\"x\":\"";
        return utf8(start + "*".repeat(size - start.length() - 2) + "\"}");
    }

    static byte[] slice(byte[] whole, int from, int to) {
        return Arrays.copyOfRange(whole, from, to);
    }

    /** All of it in fragments of that size. */
    static void fragments(Wire wire, byte[] whole, int size) {
        for (int from = 0; from < whole.length; from += size) {
            int to = Math.min(whole.length, from + size);
            wire.frame(from == 0 ? TEXT : CONTINUATION, to == whole.length, slice(whole, from, to));
        }
    }

    static byte[] code(int code) {
        return new byte[] {(byte) (code >> 8), (byte) code};
    }

    static byte[] hex(String bytes) {
        return HexFormat.ofDelimiter(" ").parseHex(bytes);
    }
}
