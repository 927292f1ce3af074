package dev.baton.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** What came out, as a table in Markdown. */
final class Table {

    /**
     * What a figure is to be.
     *
     * @param most whether it is the most that is good, or the least
     */
    record Goal(double value, boolean most) {
        static Goal atMost(double value) {
            return new Goal(value, true);
        }

        static Goal atLeast(double value) {
            return new Goal(value, false);
        }

        boolean reached(double measured) {
            return most ? measured <= value : measured >= value;
        }
    }

    private final List<String> rows = new ArrayList<>();

    /** A line of a figure without a goal. */
    void add(String scenario, double baton, OptionalDouble byHand, String unit) {
        rows.add(row(scenario, number(baton) + " " + unit, hand(byHand, unit), ratio(baton, byHand), "–"));
    }

    /** A line of a figure with one. */
    void add(String scenario, double baton, OptionalDouble byHand, String unit, Goal goal) {
        String sign = goal.most() ? "≤ " : "≥ ";
        rows.add(row(
                scenario,
                number(baton) + " " + unit,
                hand(byHand, unit),
                ratio(baton, byHand),
                sign + number(goal.value()) + " " + unit + (goal.reached(baton) ? "" : ": missed")));
    }

    /** A line of words. */
    void add(String scenario, String baton) {
        rows.add(row(scenario, baton, "–", "–", "–"));
    }

    private static String hand(OptionalDouble byHand, String unit) {
        return byHand.isEmpty() ? "–" : number(byHand.getAsDouble()) + " " + unit;
    }

    private static String ratio(double baton, OptionalDouble byHand) {
        return byHand.isEmpty() || byHand.getAsDouble() == 0
                ? "–"
                : String.format(Locale.ROOT, "%.2f", baton / byHand.getAsDouble());
    }

    private static String row(String... cells) {
        StringJoiner row = new StringJoiner(" | ", "| ", " |");
        for (String cell : cells) {
            row.add(cell);
        }
        return row.toString();
    }

    private static String number(double value) {
        if (Math.abs(value) >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.1f", value);
    }

    /** The table so far. */
    String text() {
        return "| scenario | Baton | by hand | Baton ÷ by hand | to reach |\n|---|---|---|---|---|\n"
                + String.join("\n", rows);
    }
}
