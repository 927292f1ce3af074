package dev.baton.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How a mistake in the settings is put into one line. */
final class Messages {

    /** A value longer than this is cut: the line is for reading. */
    private static final int SHOWN = 80;

    private Messages() {}

    static SettingsException notAllowed(Key<?> key, String source, String text) {
        String shown = key.secret() ? "the value" : quote(Kinds.withoutSecrets(text));
        return new SettingsException(key.name() + " (" + source + "): " + shown + " is not allowed; allowed: "
                + key.kind().allowed());
    }

    static SettingsException unknown(String name, String source, Collection<String> known) {
        String guess = nearest(name, known)
                .map(near -> "; did you mean " + quote(near) + "?")
                .orElse("");
        return new SettingsException("unknown key " + quote(name) + " in " + source + guess);
    }

    /** The known name that takes the fewest strokes to reach, when those are few. */
    static Optional<String> nearest(String name, Collection<String> known) {
        int limit = Math.max(2, name.length() / 4);
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= limit);
    }

    /**
     * Insertions, deletions, replacements and swaps of neighbours that lead from one to the other, whatever the case.
     */
    static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
                best = Math.min(best, cost[i - 1][j - 1] + replaced);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[a.length()][b.length()];
    }

    /** In quotes, on one line, and not for ever. */
    static String quote(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return '"' + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line) + '"';
    }
}
