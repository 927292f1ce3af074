package dev.baton.room;

import dev.baton.log.EntryText;
import dev.baton.log.Opening;
import dev.baton.presence.RoomRoster;
import dev.baton.protocol.Frames;
import dev.baton.protocol.Json;
import dev.baton.protocol.RightsState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Those on their way into one document here, until a flush answers their joins: with the content, and with members and
 * rights as everybody was shown them last, so that what follows fits. Confined to the room's context.
 */
final class Joiners {

    /** Characters of an answer beyond which its reader is given time; below, what follows it may follow at once. */
    static final int LARGE = 32 * 1024;

    private final RoomRoster roster;
    private final RoomPen pen;
    private final Fanout watchers;
    private final RoomEntries entries;
    private final List<Joiner> waiting = new ArrayList<>();

    Joiners(RoomRoster roster, RoomPen pen, Fanout watchers, RoomEntries entries) {
        this.roster = roster;
        this.pen = pen;
        this.watchers = watchers;
        this.entries = entries;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether a session waits for the answer to its join. */
    boolean has(String session) {
        return waiting.stream().anyMatch(joiner -> joiner.ref().session().equals(session));
    }

    /** It is answered at the next {@link #welcome}. */
    void add(Joiner joiner) {
        waiting.add(joiner);
    }

    /** A session waits no longer. */
    void remove(String session) {
        waiting.removeIf(joiner -> joiner.ref().session().equals(session));
    }

    /** A connection waits no longer. */
    void remove(Outbox outbox) {
        waiting.removeIf(joiner -> joiner.outbox() == outbox);
    }

    /** A session waits on no other connection than that. */
    void removeOthers(String session, Outbox outbox) {
        waiting.removeIf(
                joiner -> joiner.outbox() != outbox && joiner.ref().session().equals(session));
    }

    /**
     * Answers all; from now on they are told what the others are. To be called when those have been told what there
     * was.
     */
    void welcome() {
        List<Joiner> now = List.copyOf(waiting);
        waiting.clear();
        RightsState rights = pen.rights();
        now.forEach(joiner -> welcome(joiner, rights));
    }

    private void welcome(Joiner joiner, RightsState rights) {
        Opening opening = joiner.opening();
        String session = joiner.ref().session();
        List<String> matter = new ArrayList<>(rights.shown());
        rights.holder().ifPresent(holder -> matter.add(holder.session()));
        matter.add(session);
        String joined = Frames.joined(
                joiner.request(), content(joiner), roster.members(matter), roster.count(), rights, session);
        pen.letEdit(session, joiner.outbox());
        boolean large = joiner.large().isPresent() || joined.length() > LARGE;
        if (large) {
            entries.welcome(joiner, joined, opening.last());
        } else {
            joiner.outbox().send(joined);
        }
        watchers.put(session, joiner.outbox());
        pen.attach(session, joiner.outbox());
        pen.told(session, rights);
        if (!large) {
            entries.read(joiner, opening.last());
        }
    }

    private static Frames.Content content(Joiner joiner) {
        Opening opening = joiner.opening();
        return new Frames.Content(
                opening.log(),
                opening.state().head(),
                opening.recovered(),
                opening.snapshot().isPresent()
                        ? OptionalLong.of(opening.snapshot().get().seq())
                        : OptionalLong.empty(),
                new Json(opening.snapshot().map(Opening.Content::data).orElse("null")),
                joiner.large().map(LargeSnapshot::parts).orElse(0),
                opening.entries().stream().map(EntryText::of).toList());
    }
}
