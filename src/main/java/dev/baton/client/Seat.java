package dev.baton.client;

import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One document of a {@link ReconnectingClient}: how far its log was told, and what waits for it. */
final class Seat {
    private final String document;
    private final Outbox outbox;
    private final Promise<Joined> first = Promise.promise();
    private final Standing standing = new Standing();
    private volatile OptionalLong writable = OptionalLong.empty();
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

    /** The node says where this session stands: who gave the lock back does not want it again after a reconnect. */
    void stands(Rights rights) {
        mode = rights.you() == Rights.Place.VIEWER ? Mode.VIEW : Mode.EDIT;
        standing.rights(rights);
        standing.prove(after);
    }

    Standing standing() {
        return standing;
    }

    /** The epoch to write under, as it was told last. Any thread. */
    OptionalLong writable() {
        return writable;
    }

    /** Whether that has changed. */
    boolean writableChanged() {
        OptionalLong before = writable;
        writable = standing.writable();
        return !writable.equals(before);
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
    Joined took(Joined answer, String as, long knowing) {
        boolean goesOn = answer.recovered() && log.filter(answer.log()::equals).isPresent();
        List<Entry> news = goesOn
                ? answer.entries().stream().filter(entry -> entry.seq() > after).toList()
                : answer.entries();
        after = goesOn ? Math.max(after, answer.last()) : answer.last();
        standing.joined(knowing, answer.seq(), log.filter(answer.log()::equals).isPresent());
        log = Optional.of(answer.log());
        session = as;
        joined = true;
        stands(answer.rights());
        standing.told(answer.entries(), after);
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
        standing.told(fresh, after);
        return Optional.of(fresh);
    }
}
