package dev.baton.it;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Draft;
import dev.baton.client.Entry;
import dev.baton.client.Joined;
import dev.baton.client.LinkEvent;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.ReconnectingClient;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Somebody who stays in one document while nodes come and go, with a client that reconnects by itself, and remembers
 * what became of it. Any thread.
 */
final class Regular {

    /**
     * What one time without service was made of, in milliseconds.
     *
     * @param attempts how many connections it took
     * @param waited between them, as the client's back-off has it
     * @param connecting from there to the welcome
     * @param joining from the welcome to the document
     */
    record Outage(int attempts, long waited, long connecting, long joining) {
        long whole() {
            return waited + connecting + joining;
        }
    }

    /** Without service since then; how it went so far. */
    private static final class Away {
        private final long since = System.nanoTime();
        private int attempts;
        private long waited;
        private long welcomed;

        private Outage over() {
            long whole = millis(System.nanoTime() - since);
            long joining = millis(System.nanoTime() - welcomed);
            return new Outage(attempts, waited, whole - joining - waited, joining);
        }

        private static long millis(long nanos) {
            return nanos / 1_000_000;
        }
    }

    private final String document;
    private final String name;
    private final ReconnectingClient client;
    private final Set<String> sessions = new LinkedHashSet<>();
    private final List<Long> seen = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final List<Integer> farewells = new ArrayList<>();
    private final Map<String, Long> acknowledged = new LinkedHashMap<>();
    private final List<String> troubles = new ArrayList<>();
    private Optional<Away> away = Optional.empty();
    private OptionalLong epoch = OptionalLong.empty();
    private int sent;
    private int open;

    private Regular(Vertx vertx, String uri, String document, String name) {
        this.document = document;
        this.name = name;
        this.client = ReconnectingClient.start(vertx, ClientOptions.to(uri).withUser(name, name), this::told);
    }

    /** Connects by way of that address, and joins. */
    static Regular in(Vertx vertx, String uri, String document, String name, Mode mode) {
        Regular regular = new Regular(vertx, uri, document, name);
        Waiting.on(regular.client.join(document, mode));
        return regular;
    }

    private synchronized void told(LinkEvent event) {
        if (event instanceof LinkEvent.Online online) {
            sessions.add(online.welcome().session());
            away.ifPresent(now -> now.welcomed = System.nanoTime());
        } else if (event instanceof LinkEvent.Offline offline) {
            Away now = away.orElseGet(Away::new);
            now.attempts++;
            now.waited += offline.retryIn().toMillis();
            farewells.add(offline.code());
            away = Optional.of(now);
        } else if (event instanceof LinkEvent.CaughtUp caughtUp) {
            back(caughtUp.joined());
        } else if (event instanceof LinkEvent.Drafted drafted) {
            drafted.drafts().forEach(draft -> troubles.add("came back: " + about(draft)));
        } else if (event instanceof LinkEvent.Dropped dropped) {
            troubles.add("dropped: " + dropped.cause());
        } else if (event instanceof LinkEvent.Ended ended) {
            troubles.add("ended with " + ended.code());
        } else if (event instanceof LinkEvent.Told told && told.event() instanceof NodeEvent.Entries entries) {
            see(entries.entries());
        } else if (event instanceof LinkEvent.Told told && told.event() instanceof NodeEvent.RightsChanged changed) {
            stands(changed.rights());
        }
    }

    private static String about(Draft draft) {
        return draft.id() + " of epoch " + draft.epoch();
    }

    private void back(Joined joined) {
        if (away.isPresent()) {
            outages.add(away.get().over());
            away = Optional.empty();
            if (!joined.recovered()) {
                troubles.add("had to read the document anew");
            }
        }
        see(joined.entries());
        stands(joined.rights());
    }

    private void see(List<Entry> entries) {
        entries.forEach(entry -> seen.add(entry.seq()));
    }

    private void stands(Rights rights) {
        if (rights.you() == Rights.Place.HOLDER) {
            if (epoch.isPresent() && epoch.getAsLong() != rights.epoch()) {
                troubles.add(
                        "lost the pen: epoch " + epoch.getAsLong() + " became " + rights.epoch() + " after " + outages);
            }
            epoch = OptionalLong.of(rights.epoch());
        }
    }

    /** Sends the next update, whatever became of those before. */
    synchronized void write() {
        String id = name + "-" + sent++;
        open++;
        client.update(document, epoch.orElseThrow(), id, new JsonObject().put("by", id))
                .onComplete(done -> written(
                        id,
                        done.succeeded()
                                ? done.result().toString()
                                : done.cause().toString(),
                        done.result()));
    }

    private synchronized void written(String id, String words, Object outcome) {
        open--;
        if (outcome instanceof Outcome.Applied applied) {
            acknowledged.put(id, applied.seq());
        } else {
            troubles.add(id + ": " + words);
        }
    }

    /** Whether it has, or had, the pen. */
    synchronized boolean holds() {
        return epoch.isPresent();
    }

    /** Updates that nothing is known of yet. */
    synchronized int unanswered() {
        return open;
    }

    synchronized boolean online() {
        return away.isEmpty() && client.current().filter(BatonClient::isOpen).isPresent();
    }

    /** The sessions it has been; one, if all goes well. */
    synchronized Set<String> sessions() {
        return Set.copyOf(sessions);
    }

    /** The entries it was told of, in that order, by seq. */
    synchronized List<Long> seen() {
        return List.copyOf(seen);
    }

    /** The times that it was without its document. */
    synchronized List<Outage> outages() {
        return List.copyOf(outages);
    }

    /** What its connections, and attempts at one, ended with. */
    synchronized List<Integer> farewells() {
        return List.copyOf(farewells);
    }

    /** The seq that each of its updates was acknowledged with, by id. */
    synchronized Map<String, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /** Everything that must not happen to a client whose node is restarted in order. */
    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }

    String document() {
        return document;
    }

    void close() {
        Waiting.on(client.close());
    }
}
