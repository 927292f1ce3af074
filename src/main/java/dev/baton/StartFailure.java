package dev.baton;

import dev.baton.config.BindFailure;
import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the reason why a node did not start into one line. */
final class StartFailure {

    private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

    private StartFailure() {}

    /** The line, without the program's name; the stack trace goes to the log at its debug level. */
    static String explain(Optional<Throwable> failure, Settings settings) {
        if (failure.isEmpty()) {
            return "could not start: it took too long, or the launcher found no verticle to start";
        }
        LOG.debug("Could not start", failure.get());
        List<Throwable> chain = chain(failure.get());
        Optional<String> known = chain.stream()
                .filter(SettingsException.class::isInstance)
                .map(Throwable::getMessage)
                .findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        if (chain.stream().anyMatch(IOException.class::isInstance)) {
            Optional<String> address = taken(settings);
            if (address.isPresent()) {
                return address.get();
            }
        }
        Throwable root = chain.get(chain.size() - 1);
        return "could not start: " + root.toString().replaceAll("\\s+", " ");
    }

    private static List<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .toList();
    }

    /** A bare failure to bind does not say which address it was, so each is tried again. */
    private static Optional<String> taken(Settings settings) {
        return Stream.of(
                        refusal(
                                "cluster.host",
                                settings.cluster().host(),
                                "cluster.bus-port",
                                settings.cluster().busPort()),
                        refusal(
                                "http.host",
                                settings.http().host(),
                                "http.port",
                                settings.http().port()),
                        refusal(
                                "management.host",
                                settings.management().host(),
                                "management.port",
                                settings.managementPort()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> refusal(String hostKey, String host, String portKey, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(BindFailure.of(e, hostKey, host, portKey, port).getMessage());
        }
    }
}
