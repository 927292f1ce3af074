package dev.baton.it;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The dashboard in {@code conf}, its own queries put to a Prometheus. Immutable. */
record Dashboard(List<Panel> panels) {

    /** Long enough for a rate of what is read every second, short enough to see a restart. */
    private static final String RATE = "8s";

    /** A query, and how its series are named: {@code {{label}}} stands for a label's value. */
    record Query(String expression, String legend) {}

    /** One chart, under the heading of its row. */
    record Panel(String row, String title, String unit, List<Query> queries) {}

    /** A chart's series, by name, in the order of its queries. */
    record Line(String name, List<Prometheus.Point> points) {}

    static Dashboard read(Path file) throws IOException {
        List<Panel> panels = new ArrayList<>();
        String row = "";
        for (Object each : new JsonObject(Files.readString(file)).getJsonArray("panels")) {
            JsonObject panel = (JsonObject) each;
            if (panel.getString("type").equals("row")) {
                row = panel.getString("title");
            } else {
                panels.add(panel(row, panel));
            }
        }
        return new Dashboard(List.copyOf(panels));
    }

    private static Panel panel(String row, JsonObject panel) {
        List<Query> queries = panel.getJsonArray("targets").stream()
                .map(JsonObject.class::cast)
                .map(target -> new Query(
                        target.getString("expr")
                                .replace("$job", ".*")
                                .replace("$instance", ".*")
                                .replace("$__rate_interval", RATE),
                        target.getString("legendFormat")))
                .toList();
        String unit =
                panel.getJsonObject("fieldConfig").getJsonObject("defaults").getString("unit");
        return new Panel(row, panel.getString("title"), unit, queries);
    }

    /** What that chart shows of a time; throws when a query of it is not one. */
    static List<Line> shown(Panel panel, Prometheus prometheus, Instant from, Instant to) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (Query query : panel.queries()) {
            for (Prometheus.Series series : prometheus.ask(query.expression(), from, to, Duration.ofSeconds(2))) {
                lines.add(new Line(name(query.legend(), series.labels()), series.points()));
            }
        }
        return lines;
    }

    private static String name(String legend, Map<String, String> labels) {
        String name = legend;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            name = name.replace("{{" + label.getKey() + "}}", label.getValue());
        }
        return name.replaceAll("\\{\\{.*?}}", "").strip();
    }
}
