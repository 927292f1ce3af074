package dev.baton;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.baton.config.Settings;
import java.net.URL;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** The form of the log. */
final class Logs {
    private Logs() {}

    /** Turns to that form; what was logged before, at the beginning of a start, was text. */
    static void use(Settings.LogFormat format) {
        if (format == Settings.LogFormat.JSON) {
            URL json = Objects.requireNonNull(Logs.class.getResource("/logback-json.xml"));
            LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            context.reset();
            try {
                configurator.doConfigure(json);
            } catch (JoranException ours) {
                throw new IllegalStateException(ours);
            }
        }
    }

    /** From now on each object says that it is of that node. */
    static void of(String node) {
        // Inside another program the log may be anybody's.
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.putProperty("node", node);
        }
    }
}
