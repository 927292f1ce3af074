package dev.baton;

import dev.baton.config.SettingsException;
import dev.baton.config.SettingsFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.launcher.application.VertxApplicationHooks;
import io.vertx.launcher.application.impl.VertxApplicationCommand;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * The launcher's command line, read once before the launcher reads it: by the launcher's own definition of it, so that
 * the two cannot differ.
 */
final class LaunchOptions {

    private final CommandLine commandLine;
    private final Optional<ParseResult> parsed;

    private LaunchOptions(CommandLine commandLine, Optional<ParseResult> parsed) {
        this.commandLine = commandLine;
        this.parsed = parsed;
    }

    /** @throws SettingsException when it is not a command line of the launcher */
    static LaunchOptions parse(String[] args) {
        CommandLine commandLine = new CommandLine(
                        new VertxApplicationCommand(null, VertxApplicationHooks.DEFAULT, null))
                .setCommandName("java -jar baton.jar")
                .setOptionsCaseInsensitive(true);
        if (List.of(args).contains("--version") || List.of(args).contains("-version")) {
            return new LaunchOptions(commandLine, Optional.empty());
        }
        try {
            return new LaunchOptions(commandLine, Optional.of(commandLine.parseArgs(args)));
        } catch (CommandLine.ParameterException e) {
            throw new SettingsException(e.getMessage().replaceAll("\\s+", " ") + "; --help lists what there is");
        }
    }

    /** Whether help or the version was asked for, and is now printed. */
    boolean printed(PrintStream out) {
        if (parsed.isEmpty()) {
            String version = BatonApplication.class.getPackage().getImplementationVersion();
            out.println("baton " + (version == null ? "(development)" : version));
            return true;
        }
        if (!parsed.get().isUsageHelpRequested()) {
            return false;
        }
        commandLine
                .getCommandSpec()
                .usageMessage()
                .width(120)
                .description("Starts a Baton node.")
                .footer(
                        "",
                        "java -jar baton.jar restored: says that the store was put back to an earlier state; see the operations"
                                + " guide.",
                        "",
                        "Settings, each in conf/config.json, as an environment variable, or as -Dbaton.KEY before -jar;",
                        "the name, the environment variable, the default:",
                        String.join("\n", SettingsFiles.manual()).replace("%", "%%"));
        commandLine.usage(out, CommandLine.Help.Ansi.OFF);
        return true;
    }

    /** What {@code -conf} was given. */
    Optional<String> conf() {
        return value("-conf");
    }

    /** Whether {@code -cluster} is there already; the launcher takes it only once. */
    boolean clustered() {
        return value("-cluster").isPresent();
    }

    /**
     * What the launcher only warns of, or drops.
     *
     * @throws SettingsException on an option whose JSON cannot be used
     */
    void check() {
        check("-options", VertxOptions::new);
        check("-deployment-options", json -> {
            if (json.containsKey("config")) {
                throw new SettingsException("-deployment-options: config is not taken from here; use -conf");
            }
            var unused = new DeploymentOptions(json);
        });
    }

    private void check(String option, Consumer<JsonObject> use) {
        value(option).map(value -> SettingsFiles.option(option, value)).ifPresent(json -> {
            try {
                use.accept(json);
            } catch (ClassCastException e) {
                throw new SettingsException(option + ": a value is not of the type its name asks for");
            } catch (IllegalArgumentException e) {
                throw new SettingsException(option + ": " + e.getMessage());
            }
        });
    }

    private Optional<String> value(String option) {
        return parsed.map(result -> result.matchedOptionValue(option, (Object) null))
                .map(Object::toString);
    }
}
