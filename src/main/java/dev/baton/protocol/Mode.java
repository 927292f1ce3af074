package dev.baton.protocol;

/** How a session takes part in a document: {@code EDIT} is a standing request for the pen. */
public enum Mode {
    EDIT("edit"),
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
