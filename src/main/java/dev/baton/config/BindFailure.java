package dev.baton.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in one line why an address could not be listened on, and what to set instead. */
public final class BindFailure {

    private BindFailure() {}

    /**
     * The failure as a {@link SettingsException} when it lies in the address, otherwise as it came. Whoever listens
     * maps its failure through this, since nobody further up knows which of the addresses it was:
     * {@code server.listen(port, host).recover(t -> Future.failedFuture(BindFailure.of(t, "http", host, port)))}.
     *
     * @param failure what listening ended with
     * @param keys the keys' first part: {@code http} for {@code http.host} and {@code http.port}
     * @param host the value of the first
     * @param port the value of the second
     */
    public static Throwable of(Throwable failure, String keys, String host, int port) {
        return of(failure, keys + ".host", host, keys + ".port", port);
    }

    /** The same, for an address whose keys have names of their own. */
    public static Throwable of(Throwable failure, String hostKey, String host, String portKey, int port) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return unknownHost(hostKey, host);
            }
            // Not SocketException: the native transport has an exception of its own.
            if (cause instanceof IOException refusal) {
                return refused(refusal, hostKey, host, portKey, port);
            }
        }
        return failure;
    }

    /** The address that the name stands for, when it is one of this machine's own. */
    public static InetAddress own(String key, String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (address.isAnyLocalAddress()) {
                throw new SettingsException(key + ": " + Messages.quote(host)
                        + " names no single address, and others have to be told one; set " + environment(key)
                        + " to one of "
                        + addresses());
            }
            if (NetworkInterface.getByInetAddress(address) == null && !address.isLoopbackAddress()) {
                throw foreign(key, host);
            }
            return address;
        } catch (UnknownHostException e) {
            throw unknownHost(key, host);
        } catch (SocketException e) {
            throw new SettingsException(key + ": this machine's addresses cannot be read: " + e.getMessage());
        }
    }

    private static SettingsException refused(IOException cause, String hostKey, String host, String name, int port) {
        String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (reason.contains("assign requested address")) {
            return foreign(hostKey, host);
        }
        if (reason.contains("permission denied")) {
            return new SettingsException(name + ": this user may not listen on " + port + "; set " + environment(name)
                    + " to a port from 1024 on");
        }
        if (reason.contains("in use")) {
            return new SettingsException(name + ": " + port + " on " + host + " is in use by another program; set "
                    + environment(name) + " to a free port, or to 0 for any");
        }
        return new SettingsException(name + ": cannot listen on " + port + " of " + host + ": "
                + Messages.quote(String.valueOf(cause.getMessage())));
    }

    private static SettingsException unknownHost(String key, String host) {
        return new SettingsException(
                key + ": the name " + Messages.quote(host) + " leads to no address; set " + environment(key));
    }

    private static SettingsException foreign(String key, String host) {
        return new SettingsException(key + ": " + Messages.quote(host) + " is no address of this machine; set "
                + environment(key) + " to one of " + addresses());
    }

    private static String environment(String key) {
        return Keys.BY_NAME.get(key).environment();
    }

    private static String addresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getInetAddresses)
                    .flatMap(BindFailure::stream)
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .map(text -> text.replaceFirst("%.*", ""))
                    .collect(Collectors.joining(", "));
        } catch (SocketException e) {
            return "this machine's own";
        }
    }

    private static <T> Stream<T> stream(Enumeration<T> enumeration) {
        return Collections.list(enumeration).stream();
    }
}
