package dev.baton.log;

/** What an entry of the log is. */
public enum Kind {
    /** A change of the document, written by whoever holds it. */
    UPDATE(1, "update"),
    /** Something said in the document; needs no right to edit. */
    MESSAGE(2, "message"),
    /** The right to edit moved; written by the log itself, with the claim or the vacating it records. */
    RIGHTS(3, "rights");

    private final int code;
    private final String word;

    Kind(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The word for this kind in frames. */
    public String word() {
        return word;
    }

    /** What stands for it in the store; never changed, for stored rows carry it. */
    int code() {
        return code;
    }

    static Kind of(int code) {
        return switch (code) {
            case 1 -> UPDATE;
            case 2 -> MESSAGE;
            case 3 -> RIGHTS;
            default -> throw new IllegalStateException("an entry of the unknown kind " + code + " is in the store");
        };
    }
}
