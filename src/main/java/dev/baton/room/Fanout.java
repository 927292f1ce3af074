package dev.baton.room;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Some connections, by session, grouped by the loop they live on, so that a frame for all costs one hop a loop.
 * Confined to the room's context.
 */
final class Fanout {
    private final Map<String, Outbox> outboxes = new LinkedHashMap<>();

    /** The same, by loop; made when first asked for, and handed out, so never changed. */
    private Optional<Map<Lane, List<Outbox>>> grouped = Optional.empty();

    void put(String session, Outbox outbox) {
        outboxes.put(session, outbox);
        grouped = Optional.empty();
    }

    /** Takes a session's connection out, if it is that one. */
    void remove(String session, Outbox outbox) {
        if (outboxes.remove(session, outbox)) {
            grouped = Optional.empty();
        }
    }

    void remove(String session) {
        if (outboxes.remove(session) != null) {
            grouped = Optional.empty();
        }
    }

    Optional<Outbox> get(String session) {
        return Optional.ofNullable(outboxes.get(session));
    }

    /** Whose connections they are. */
    Set<String> sessions() {
        return Set.copyOf(outboxes.keySet());
    }

    boolean isEmpty() {
        return outboxes.isEmpty();
    }

    /** One frame for all. */
    void send(String frame) {
        groups().forEach((lane, some) -> lane.deliver(some, frame));
    }

    /**
     * One frame for all.
     *
     * @param sent is run on each loop that has some of them, when the frame has been handed to the system there
     * @return how many loops that is
     */
    int send(String frame, Runnable sent) {
        groups().forEach((lane, some) -> lane.deliver(some, frame, sent));
        return groups().size();
    }

    /** One frame for all but one. */
    void sendExcept(String session, String frame) {
        Outbox except = outboxes.get(session);
        groups().forEach((lane, some) -> {
            boolean among = except != null && except.lane() == lane;
            lane.deliver(
                    among ? some.stream().filter(outbox -> outbox != except).toList() : some, frame);
        });
    }

    /** To each what is meant for it, if anything; equal frames of one loop go together. */
    void sendEach(Function<String, Optional<String>> frameFor) {
        Map<Lane, Map<String, List<Outbox>>> groups = new HashMap<>();
        outboxes.forEach((session, outbox) -> frameFor.apply(session)
                .ifPresent(text -> groups.computeIfAbsent(outbox.lane(), lane -> new LinkedHashMap<>())
                        .computeIfAbsent(text, frame -> new ArrayList<>())
                        .add(outbox)));
        groups.forEach((lane, frames) -> frames.forEach((frame, some) -> lane.deliver(some, frame)));
    }

    private Map<Lane, List<Outbox>> groups() {
        if (grouped.isEmpty()) {
            Map<Lane, List<Outbox>> fresh = new HashMap<>();
            outboxes.values().forEach(outbox -> fresh.computeIfAbsent(outbox.lane(), lane -> new ArrayList<>())
                    .add(outbox));
            grouped = Optional.of(fresh);
        }
        return grouped.get();
    }
}
