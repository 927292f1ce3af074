package dev.baton.client;

import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;

/** One document of a {@link ReconnectingClient}: how far its log was told, and what waits for it. */
final class Seat {
    private final String document;
    private final Outbox outbox;
    private final Promise<Joined> first = Promise.promise();
    private Mode mode;
    private Optional<String> log = Optional.empty();
    private String session = "";
    private long after;
    private boolean joined;

    Seat(String document, Mode mode, Outbox outbox) {
        this.document = document;
        this.mode = mode;
        this.outbox = outbox;
    }

    String document() {
        return document;
    }

    Mode mode() {
        return mode;
    }

    void mode(Mode other) {
        mode = other;
    }

    /** The node says where this session stands: who gave the pen back does not want it again after a reconnect. */
    void stands(Rights.Place place) {
        mode = place == Rights.Place.VIEWER ? Mode.VIEW : Mode.EDIT;
    }

    Outbox outbox() {
        return outbox;
    }

    Promise<Joined> first() {
        return first;
    }

    /** The log whose entries were told; empty before the first join. */
    Optional<String> log() {
        return log;
    }

    /** The last seq told. */
    long after() {
        return after;
    }

    /** Whether entries that come in follow on what was told. */
    boolean isJoined() {
        return joined;
    }

    /** A join is under way: what comes in before its answer is among what it brings. */
    void joining() {
        joined = false;
    }

    void lost(int closeCode) {
        joined = false;
        outbox.pause(closeCode);
    }

    /** The session that joined last, whose operations the node may know; empty before the first join. */
    String session() {
        return session;
    }

    /** Joined, as this session. Gives the answer without the entries that were told while it was under way. */
    Joined took(Joined answer, String as) {
        boolean goesOn = answer.recovered() && log.filter(answer.log()::equals).isPresent();
        List<Entry> news = goesOn
                ? answer.entries().stream().filter(entry -> entry.seq() > after).toList()
                : answer.entries();
        after = goesOn ? Math.max(after, answer.last()) : answer.last();
        log = Optional.of(answer.log());
        session = as;
        joined = true;
        stands(answer.rights().you());
        return new Joined(
                answer.document(),
                answer.log(),
                answer.seq(),
                answer.recovered(),
                answer.snapshot(),
                news,
                answer.members(),
                answer.count(),
                answer.rights());
    }

    /**
     * What of these entries was not told yet; empty when there is a gap before them, which only joining again closes.
     */
    Optional<List<Entry>> fresh(List<Entry> entries) {
        List<Entry> fresh =
                entries.stream().filter(entry -> entry.seq() > after).toList();
        for (Entry entry : fresh) {
            if (entry.seq() != after + 1) {
                joined = false;
                return Optional.empty();
            }
            after = entry.seq();
        }
        return Optional.of(fresh);
    }
}
