package dev.baton.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws charts side by side as one SVG. Confined to one thread. */
final class Charts {
    private static final int COLUMNS = 4;
    private static final int WIDTH = 272;
    private static final int HEIGHT = 132;
    private static final int HEADING = 26;

    /** Where within a chart its lines are: below the title, above the names. */
    private static final int TOP = 24;

    private static final int BOTTOM = 104;

    /** More letters than these do not fit below a chart, beside its highest value. */
    private static final int LETTERS = 36;

    /** Told apart by the colour-blind too: Okabe and Ito, 2008, without yellow and black. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#6b6b6b");

    private final StringBuilder drawn = new StringBuilder();
    private final double from;
    private final double to;
    private int column;
    private int y;

    /** Charts of that time, in seconds since 1970. */
    Charts(double from, double to) {
        this.from = from;
        this.to = to;
    }

    /** Begins a row. */
    void heading(String words) {
        nextLine();
        text(8, y + 18, "h", words);
        y += HEADING;
    }

    /** The next chart in the row. */
    void chart(String title, String unit, List<Dashboard.Line> lines) {
        if (column == COLUMNS) {
            nextLine();
        }
        int x = 8 + column++ * WIDTH;
        double most = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Prometheus.Point::value)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        text(x, y + 14, "t", title);
        drawn.append(String.format(
                Locale.ROOT,
                "<path class=\"g\" d=\"M%d %dH%d M%d %dH%d\"/>%n",
                x,
                y + TOP,
                x + WIDTH - 16,
                x,
                y + BOTTOM,
                x + WIDTH - 16));
        text(x + WIDTH - 16, y + 118, "v", lines.isEmpty() ? "nothing happened" : "most " + value(most, unit));
        for (int i = 0; i < lines.size(); i++) {
            line(x, lines.get(i), most, COLOURS.get(i % COLOURS.size()));
        }
        names(x, lines);
    }

    private void nextLine() {
        if (column > 0) {
            y += HEIGHT;
            column = 0;
        }
    }

    private void line(int left, Dashboard.Line line, double most, String colour) {
        StringBuilder path = new StringBuilder();
        double before = Double.NEGATIVE_INFINITY;
        for (Prometheus.Point point : line.points()) {
            if (!Double.isFinite(point.value())) {
                continue;
            }
            double x = left + (point.at() - from) / (to - from) * (WIDTH - 16);
            double share = most > 0 ? point.value() / most : 0;
            // A line that was not there for some seconds is a gap: what did not run was not measured.
            path.append(point.at() - before > 5 ? 'M' : 'L')
                    .append(String.format(Locale.ROOT, "%.0f %.0f", x, y + BOTTOM - share * (BOTTOM - TOP - 2)));
            before = point.at();
        }
        drawn.append("<path stroke=\"")
                .append(colour)
                .append("\" d=\"")
                .append(path)
                .append("\"/>\n");
    }

    private void names(int left, List<Dashboard.Line> lines) {
        List<String> spans = new ArrayList<>();
        int letters = 0;
        for (Dashboard.Line line : lines) {
            letters += line.name().length() + 1;
            if (letters > LETTERS) {
                spans.add("…");
                break;
            }
            String colour = COLOURS.get(spans.size() % COLOURS.size());
            spans.add("<tspan fill=\"" + colour + "\">" + escaped(line.name()) + "</tspan>");
        }
        drawn.append(String.format(
                Locale.ROOT,
                "<text class=\"n\" x=\"%d\" y=\"%d\">%s</text>%n",
                left,
                y + 118,
                String.join(" ", spans)));
    }

    private static String value(double most, String unit) {
        return switch (unit) {
            case "s" -> most < 1 ? rounded(most * 1_000) + " ms" : rounded(most) + " s";
            case "bytes" -> rounded(most / (1 << 20)) + " MiB";
            case "percentunit" -> rounded(most * 100) + " %";
            case "ops" -> rounded(most) + " a second";
            default -> rounded(most);
        };
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
    }

    private void text(int x, int at, String kind, String words) {
        drawn.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n", kind, x, at, escaped(words)));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** The whole picture. */
    String svg(String title) {
        nextLine();
        return String.format(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">
                <title>%s</title>
                <style>
                svg { background: #fff; font: 11px system-ui, sans-serif; }
                path { fill: none; stroke-width: 1.4; stroke-linejoin: round; }
                .g { stroke: #ddd; stroke-width: 1; }
                .h { font-size: 14px; font-weight: 600; }
                .t { font-weight: 600; }
                .v, .n { font-size: 9px; fill: #555; }
                .v { text-anchor: end; }
                </style>
                %s</svg>
                """,
                COLUMNS * WIDTH, y + 8, escaped(title), drawn);
    }
}
