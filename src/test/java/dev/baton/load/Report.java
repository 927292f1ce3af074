package dev.baton.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a swarm saw, and which promises were broken.
 *
 * @param json all figures; durations in milliseconds
 * @param broken one sentence each, none when all were kept
 */
record Report(JsonObject json, List<String> broken) {

    /** How many were to come in all, and in how many waves of those who come and go. */
    record Asked(int sockets, int waves) {}

    /** The time when all were in and settled, in microseconds. */
    record Span(long from, long to) {}

    static Report of(Plan plan, Promises promises, Ledger seen, Asked asked, Span span) {
        OptionalDouble share = seen.pings.largestShare(span.from(), span.to(), Math.max(1, seen.interval));
        JsonObject json = new JsonObject()
                .put(
                        "sockets",
                        new JsonObject()
                                .put("asked", asked.sockets())
                                .put("opened", seen.opened)
                                .put("welcomed", seen.welcomes.count())
                                .put("joined", seen.joins.count())
                                .put("waves", asked.waves()))
                .put("watched", millis(span.to() - span.from()))
                .put("welcome", tally(seen.welcomes))
                .put("join", tally(seen.joins))
                .put("ordinary", pace(seen.ordinary))
                .put("holders", pace(seen.holders))
                .put("overdue", seen.overdue)
                .put("unclosed", seen.unclosed)
                .put("lost", seen.lost)
                .put("swarmLag", tally(seen.lag));
        share.ifPresent(value -> json.put("largestShareIn100ms", value));
        JsonObject closes = new JsonObject();
        seen.closes.forEach((code, count) -> closes.put(Integer.toString(code), count));
        JsonObject failures = new JsonObject();
        seen.failures.forEach(failures::put);
        json.put("closes", closes).put("failures", failures);
        List<String> broken = broken(plan, promises, seen, asked, share);
        json.put("broken", new JsonArray(broken));
        return new Report(json, broken);
    }

    private static List<String> broken(Plan plan, Promises promises, Ledger seen, Asked asked, OptionalDouble share) {
        List<String> broken = new ArrayList<>();
        if (seen.welcomes.count() < asked.sockets()) {
            broken.add((asked.sockets() - seen.welcomes.count()) + " sockets were not welcomed");
        }
        if (plan.documents().isPresent() && seen.joins.count() < seen.welcomes.count()) {
            broken.add((seen.welcomes.count() - seen.joins.count()) + " sockets did not get into their document");
        }
        pings(broken, promises, "pings", seen.ordinary);
        pings(broken, promises, "pings of holders", seen.holders);
        if (seen.overdue > 0) {
            broken.add(seen.overdue + " sockets waited for a ping at the end");
        }
        if (share.isPresent() && share.getAsDouble() > promises.share()) {
            broken.add(text("%.1f %% of an interval's pings came in 100 ms", 100 * share.getAsDouble()));
        }
        if (seen.lost > promises.lost()) {
            broken.add(seen.lost + " sockets were closed without having been silent");
        }
        silences(broken, "silent sockets", seen.ordinary);
        silences(broken, "silent holders", seen.holders);
        if (seen.unclosed > 0) {
            broken.add(seen.unclosed + " silent sockets were never closed");
        }
        return broken;
    }

    private static void pings(List<String> broken, Promises promises, String what, Ledger.Pace pace) {
        if (pace.outside > promises.outside() * pace.gaps.count()) {
            broken.add(text(
                    "%d of %d %s were off by more than %.0f %%",
                    pace.outside, pace.gaps.count(), what, 100 * promises.tolerance()));
        }
    }

    private static void silences(List<String> broken, String what, Ledger.Pace pace) {
        if (pace.early > 0) {
            broken.add(pace.early + " " + what + " were closed before their timeout");
        }
        if (pace.late > 0) {
            broken.add(pace.late + " " + what + " were closed too late");
        }
    }

    private static JsonObject pace(Ledger.Pace pace) {
        return new JsonObject()
                .put("gaps", tally(pace.gaps))
                .put("outside", pace.outside)
                .put("settling", tally(pace.settling))
                .put("silence", tally(pace.silences).put("early", pace.early).put("late", pace.late));
    }

    private static JsonObject tally(Tally tally) {
        JsonObject json = new JsonObject().put("count", tally.count());
        if (tally.count() > 0) {
            json.put("min", tally.millis(0))
                    .put("p1", tally.millis(0.01))
                    .put("p50", tally.millis(0.5))
                    .put("p99", tally.millis(0.99))
                    .put("max", tally.millis(1));
        }
        return json;
    }

    private static double millis(long micros) {
        return micros / 1000.0;
    }

    /** The same for people. */
    String text() {
        JsonObject sockets = json.getJsonObject("sockets");
        List<String> lines = new ArrayList<>();
        lines.add(text(
                "sockets    asked %d, opened %d, welcomed %d, joined %d, waves %d",
                sockets.getInteger("asked"),
                sockets.getLong("opened"),
                sockets.getLong("welcomed"),
                sockets.getLong("joined"),
                sockets.getInteger("waves")));
        line(lines, "welcome   ", json.getJsonObject("welcome"));
        line(lines, "join      ", json.getJsonObject("join"));
        paceLines(lines, "", json.getJsonObject("ordinary"));
        paceLines(lines, " of holders", json.getJsonObject("holders"));
        if (json.containsKey("largestShareIn100ms")) {
            lines.add(text(
                    "evenness   at most %.2f %% of an interval's pings in 100 ms, over %.0f s",
                    100 * json.getDouble("largestShareIn100ms"), json.getDouble("watched") / 1000));
        }
        lines.add("closes     by the node " + json.getJsonObject("closes").encode() + ", lost " + json.getLong("lost")
                + ", silent and not closed " + json.getLong("unclosed"));
        if (!json.getJsonObject("failures").isEmpty()) {
            lines.add("failures   " + json.getJsonObject("failures").encode());
        }
        line(lines, "swarm late", json.getJsonObject("swarmLag"));
        broken.forEach(sentence -> lines.add("BROKEN     " + sentence));
        if (broken.isEmpty()) {
            lines.add("all promises kept");
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static void paceLines(List<String> lines, String whose, JsonObject pace) {
        line(lines, "pings" + whose + ", " + pace.getLong("outside") + " off:", pace.getJsonObject("gaps"));
        line(lines, "first pings" + whose + ":", pace.getJsonObject("settling"));
        line(lines, "closed for silence" + whose + ":", pace.getJsonObject("silence"));
    }

    private static void line(List<String> lines, String name, JsonObject tally) {
        if (tally.getLong("count") > 0) {
            lines.add(text(
                    "%s %d, min %.1f, p1 %.1f, p50 %.1f, p99 %.1f, max %.1f ms",
                    name,
                    tally.getLong("count"),
                    tally.getDouble("min"),
                    tally.getDouble("p1"),
                    tally.getDouble("p50"),
                    tally.getDouble("p99"),
                    tally.getDouble("max")));
        }
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
