package dev.baton.rights;

import com.hazelcast.map.EntryProcessor;
import java.util.Map;

/**
 * Applies an event to a document's record where the record lives. Runs again on the backup, so it takes the time as a
 * value and asks no clock.
 *
 * @param event what happened
 * @param now when, in milliseconds of cluster time
 */
record LockProcessor(LockEvent event, long now) implements EntryProcessor<String, LockRecord, LockOutcome> {

    @Override
    public LockOutcome process(Map.Entry<String, LockRecord> entry) {
        LockRecord before = entry.getValue() == null ? LockRecord.EMPTY : entry.getValue();
        LockRecord after = event.apply(before, now);
        if (after.idle()) {
            // The epoch is in the store; what is left here is nothing that cannot be asked for again.
            entry.setValue(null);
        } else if (after.revision() != before.revision()) {
            entry.setValue(after);
        }
        return new LockOutcome(before, after);
    }
}
