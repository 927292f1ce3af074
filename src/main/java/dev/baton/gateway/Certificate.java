package dev.baton.gateway;

import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The node's certificate and key, from their files. They are replaced while the node runs, some days before they run
 * out. Its methods block; one caller at a time.
 */
final class Certificate {
    private final Settings.Tls files;
    private Optional<Pair> read = Optional.empty();

    /** At the last look. */
    private Optional<Pair> seen = Optional.empty();

    private record Pair(Buffer certificate, Buffer key) {
        PemKeyCertOptions options() {
            return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
        }
    }

    /** In those files, which are not read yet. */
    Certificate(Settings.Tls files) {
        this.files = files;
    }

    /** What is in the files. Throws a {@link SettingsException} that names the one that cannot be read. */
    PemKeyCertOptions load() {
        Pair pair = now();
        read = Optional.of(pair);
        return pair.options();
    }

    /**
     * What is in the files if that is another than before, and was so at the last look too: two files cannot be
     * replaced in one step, and a certificate with another's key would serve nobody.
     */
    Optional<PemKeyCertOptions> reload() {
        Pair pair = now();
        boolean settled = seen.filter(pair::equals).isPresent();
        seen = Optional.of(pair);
        if (!settled || read.filter(pair::equals).isPresent()) {
            return Optional.empty();
        }
        read = seen;
        return Optional.of(pair.options());
    }

    private Pair now() {
        return new Pair(
                file("http.tls.certificate", files.certificate(), "BEGIN CERTIFICATE"),
                file("http.tls.key", files.key(), "PRIVATE KEY"));
    }

    private static Buffer file(String setting, String path, String mark) {
        try {
            Buffer content = Buffer.buffer(Files.readAllBytes(Path.of(path)));
            if (content.toString().contains(mark)) {
                return content;
            }
        } catch (IOException unreadable) {
            throw new SettingsException(
                    setting + ": " + path + " cannot be read; is it there, and may this user read it?");
        }
        throw new SettingsException(setting + ": " + path + " is no PEM file with \"" + mark + "\" in it");
    }
}
