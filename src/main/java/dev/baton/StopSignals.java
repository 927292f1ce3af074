package dev.baton;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT. Left to itself, the JVM answers them with its shutdown hooks and then with exit status 143 or
 * 130, as if something had gone wrong; and a second one with nothing at all.
 *
 * <p>{@code sun.misc.Signal} is supported API (module {@code jdk.unsupported}), but javac warns of it in a way that
 * cannot be turned off for one class; so it is called by name.
 */
final class StopSignals {

    /** What a shell reports for a process that SIGTERM ended. */
    private static final int CUT_SHORT = 143;

    private StopSignals() {}

    /**
     * Runs the action in a thread of its own on the first of these signals; the second ends the process at once.
     * Where signals cannot be handled (another platform, {@code -Xrs}) the JVM's own way remains.
     */
    static void on(Runnable action) {
        AtomicBoolean seen = new AtomicBoolean();
        Runnable handler = () -> {
            if (seen.compareAndSet(false, true)) {
                new Thread(action, "baton-stop").start();
            } else {
                Runtime.getRuntime().halt(CUT_SHORT);
            }
        };
        for (String name : List.of("TERM", "INT")) {
            try {
                handle(name, handler);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                return;
            }
        }
    }

    private static void handle(String name, Runnable handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
        Object proxy = Proxy.newProxyInstance(
                StopSignals.class.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        handler.run();
                        return null;
                    }
                    return switch (method.getName()) {
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "StopSignals";
                    };
                });
        Object instance = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, signalHandler).invoke(null, instance, proxy);
    }
}
