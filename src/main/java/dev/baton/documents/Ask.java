package dev.baton.documents;

import io.vertx.core.json.JsonObject;

/** Reads a request. */
final class Ask {

    /** No name of a session or an action is longer; of what is, nothing is repeated. */
    private static final int LONGEST = 256;

    private Ask() {}

    /** A field that must be there. */
    static String text(JsonObject request, String field) {
        Object value = request.getValue(field);
        if (value instanceof String text && !text.isEmpty() && text.length() <= LONGEST) {
            return text;
        }
        throw new DeskException(DeskException.BAD, field + " must be text of 1 to " + LONGEST + " characters");
    }
}
