package dev.baton.session;

import com.hazelcast.map.EntryProcessor;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies an event to a session's record where the record lives; returns what changed, so that exactly one caller
 * learns that it was the one. Runs again on the backup, so it takes the time as a value.
 *
 * @param event what happened
 * @param now when, in milliseconds of cluster time
 */
record SessionProcessor(SessionEvent event, long now)
        implements EntryProcessor<String, SessionRecord, SessionProcessor.Outcome> {

    /**
     * The record before and after, or nothing if the event did not apply, or needs a session and there is none.
     *
     * @param change empty, or the two records
     */
    record Outcome(List<SessionRecord> change) implements Serializable {
        Optional<SessionRecord> before() {
            return change.stream().findFirst();
        }

        Optional<SessionRecord> after() {
            return change.stream().skip(1).findFirst();
        }
    }

    @Override
    public Outcome process(Map.Entry<String, SessionRecord> entry) {
        SessionRecord before = entry.getValue();
        if (before == null) {
            return begin(entry);
        }
        if (!event.applies(before, now)) {
            return new Outcome(List.of());
        }
        SessionRecord after = event.apply(before, now);
        entry.setValue(event.ends() ? null : after);
        return new Outcome(List.of(before, after));
    }

    /** There was nothing before, so the outcome has the same record twice. */
    private Outcome begin(Map.Entry<String, SessionRecord> entry) {
        return new Outcome(event.begins()
                .map(fresh -> {
                    entry.setValue(fresh);
                    return List.of(fresh, fresh);
                })
                .orElse(List.of()));
    }
}
