package dev.baton;

import dev.baton.config.Settings;
import dev.baton.config.SettingsException;
import dev.baton.config.SettingsFiles;
import dev.baton.log.LogException;
import dev.baton.log.LogSettings;
import dev.baton.log.StoreWait;
import io.vertx.launcher.application.ExitCodes;
import io.vertx.launcher.application.VertxApplication;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program. Vert.x's launcher does the launching; this checks first what the launcher would pass over in silence,
 * puts the cluster in, and turns whatever goes wrong into one line on standard error and exit status 1.
 *
 * <p>Standard output carries the ready line, which is the main verticle's, and nothing else.
 */
public final class BatonApplication extends VertxApplication {

    private static final int FAILED = 1;

    private BatonApplication(String[] args, NodeLifecycle node) {
        // No usage after a failure, which would bury its message; no exit before the cluster has been left.
        super(args, node, false, false);
    }

    /** Starts a node and returns while it runs; ends the process when it cannot start. */
    public static void main(String[] args) {
        boolean restored = args.length > 0 && args[0].equals(Restored.COMMAND);
        LaunchOptions options;
        try {
            options = LaunchOptions.parse(restored ? Arrays.copyOfRange(args, 1, args.length) : args);
        } catch (SettingsException e) {
            fail(e.getMessage(), ExitCodes.USAGE);
            return;
        }
        if (options.printed(System.out)) {
            return;
        }
        try {
            Settings settings = SettingsFiles.load(options.conf(), Path.of(""));
            options.check();
            Logs.use(settings.log().format());
            if (restored) {
                Restored.raise(settings, System.out);
                return;
            }
            start(clustered(args, options), settings);
        } catch (SettingsException e) {
            fail(e.getMessage(), FAILED);
        }
    }

    /** The launcher clusters only when told to, and a node is always in a cluster, if only of one. */
    private static String[] clustered(String[] args, LaunchOptions options) {
        return options.clustered()
                ? args
                : Stream.concat(Stream.of("-cluster"), Stream.of(args)).toArray(String[]::new);
    }

    private static void start(String[] args, Settings settings) {
        NodeLifecycle node = new NodeLifecycle(settings);
        StopSignals.on(node::stopAndExit);
        awaitStore(settings.store());
        node.join(NodeMaps::add);
        if (node.stopping()) {
            return;
        }
        if (new BatonApplication(args, node).launch() == 0 || node.stopping()) {
            return;
        }
        Optional<Throwable> failure = node.failure();
        node.stop();
        fail(StartFailure.explain(failure, settings), FAILED);
    }

    /** Before the node joins: a member that cannot serve is of no use to the cluster. */
    private static void awaitStore(Settings.Store store) {
        try {
            StoreWait.until(LogSettings.of(store.url(), store.user(), store.password()), store.patience());
        } catch (LogException e) {
            throw new SettingsException(e.getMessage());
        }
    }

    private static void fail(String line, int status) {
        System.err.println("baton: " + line);
        System.exit(status);
    }
}
