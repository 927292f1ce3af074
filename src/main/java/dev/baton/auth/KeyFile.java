package dev.baton.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JSON Web Key Set in a file that may be replaced at any time. It is looked at when keys are asked for, at most once
 * a second, and read again when it has changed. While it is missing or broken the keys read before stay in force, and
 * the log says so once. Blocks; any thread.
 */
final class KeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);

    /** How old what is known may be, in milliseconds. */
    private static final long FRESH = 1_000;

    /** A larger file is none of keys. */
    private static final long LARGEST = 1 << 20;

    /** What tells one version of a file from another. */
    private record Version(FileTime changed, long size, Optional<Object> inode) {}

    private final Path path;
    private Optional<Version> seen;
    private KeyRing keys;
    private long looked;

    /**
     * Reads it for the first time.
     *
     * @param now milliseconds of a clock that does not go back
     * @throws IllegalArgumentException saying in words why there are no keys
     */
    KeyFile(Path path, long now) {
        this.path = path;
        this.seen = version();
        this.keys = read();
        this.looked = now;
    }

    /** The keys in force. */
    synchronized KeyRing keys(long now) {
        if (now - looked >= FRESH) {
            looked = now;
            Optional<Version> current = version();
            if (!current.equals(seen)) {
                seen = current;
                reload();
            }
        }
        return keys;
    }

    private void reload() {
        try {
            keys = read();
            LOG.info("the keys for tokens were read again: {}", keys);
        } catch (IllegalArgumentException broken) {
            LOG.warn("auth.jwt-jwks: {}; the keys read before stay in force", broken.getMessage());
        }
    }

    private Optional<Version> version() {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new Version(file.lastModifiedTime(), file.size(), Optional.ofNullable(file.fileKey())));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }

    private KeyRing read() {
        try {
            if (Files.size(path) > LARGEST) {
                throw new IllegalArgumentException("the file is too large to be one of keys");
            }
            return KeyRing.ofJwks(Files.readString(path));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read");
        }
    }
}
