package dev.baton.client;

/** How a session takes part in a document. */
public enum Mode {
    /** Asks for the pen at once and stays in line for it. */
    EDIT("edit"),
    /** Reads, and asks for nothing. */
    VIEW("view");

    private final String word;

    Mode(String word) {
        this.word = word;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }
}
