package dev.baton.config;

/** A setting that cannot be used. The message is one line for whoever starts the node; it holds no secret. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** One line that names the key, where it came from and what is allowed. */
    public SettingsException(String message) {
        super(message, null, false, false);
    }
}
