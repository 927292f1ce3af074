package dev.baton.log;

/**
 * Whoever holds the right to edit a document.
 *
 * @param session the session's public id; two tenants are the same holder when this is equal
 * @param user JSON of {@code {id, name}}
 * @param keep text that is stored with the holder and given back as it was; lets the holder resume after everything
 *     restarted
 */
public record Tenant(String session, String user, String keep) {
    /** Refuses text that no store can hold, see {@link Text}. */
    public Tenant {
        Text.requireName("session", session);
        Text.require("user", user);
        Text.require("keep", keep);
    }

    /** Without what is kept. */
    @Override
    public String toString() {
        return "Tenant[" + session + "]";
    }
}
