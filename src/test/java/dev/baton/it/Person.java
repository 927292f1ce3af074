package dev.baton.it;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.EventLog;
import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A client with everything it heard, and calls that wait for their answers. For the test's thread. */
final class Person {
    /** More than anything that is not timed by the node takes, also on a busy machine. */
    static final Duration SOON = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final String name;
    private final BatonClient client;
    private final EventLog heard;

    private Person(Vertx vertx, String name, BatonClient client, EventLog heard) {
        this.vertx = vertx;
        this.name = name;
        this.client = client;
        this.heard = heard;
    }

    /** Connects to a node and says hello. */
    static Person on(Vertx vertx, NodeProcess node, String name) {
        return connect(vertx, node, name, options -> options);
    }

    private static Person connect(Vertx vertx, NodeProcess node, String name, UnaryOperator<ClientOptions> more) {
        EventLog heard = new EventLog();
        ClientOptions options =
                ClientOptions.to(node.uri()).withUser(name, name).withEvents(heard);
        return new Person(vertx, name, Waiting.on(BatonClient.connect(vertx, more.apply(options))), heard);
    }

    /** The same session on another connection, to that node. */
    Person resumeOn(NodeProcess node) {
        String secret = client.welcome().resume();
        return connect(vertx, node, name, options -> options.withResume(secret));
    }

    BatonClient client() {
        return client;
    }

    String session() {
        return client.session();
    }

    EventLog heard() {
        return heard;
    }

    // ---- what it does ---------------------------------------------------------------------------------------------

    Joined edit(String document) {
        return Waiting.on(client.join(document, Mode.EDIT));
    }

    Joined view(String document) {
        return Waiting.on(client.join(document, Mode.VIEW));
    }

    /** Joins to edit a document that is free, and has the pen with the answer or a moment later; returns its epoch. */
    long take(String document) {
        Rights rights = edit(document).rights();
        return rights.you() == Rights.Place.HOLDER
                ? rights.epoch()
                : penAfter(document, rights.epoch()).rights().epoch();
    }

    Rights release(String document, long epoch) {
        return Waiting.on(client.release(document, epoch));
    }

    Outcome update(String document, long epoch, String id) {
        return Waiting.on(client.update(document, epoch, id, new JsonObject().put("by", id)));
    }

    // ---- what it hears --------------------------------------------------------------------------------------------

    /**
     * When it was told of something, and what.
     *
     * @param nanos as {@link System#nanoTime()} counts
     */
    record Told(long nanos, Rights rights) {
        /** The milliseconds since a moment of {@link System#nanoTime()}. */
        long since(long start) {
            return (nanos - start) / 1_000_000;
        }
    }

    /** Waits until it has the pen of a document at a later epoch than that. */
    Told penAfter(String document, long epoch) {
        return rights(document, rights -> rights.you() == Rights.Place.HOLDER && rights.epoch() > epoch);
    }

    /** The first news of a document's pen, past or to come, of which something is true. */
    Told rights(String document, Predicate<Rights> wanted) {
        EventLog.Recorded told = heard.await(
                event -> event instanceof NodeEvent.RightsChanged changed
                        && changed.rights().document().equals(document)
                        && wanted.test(changed.rights()),
                SOON);
        return new Told(told.nanos(), ((NodeEvent.RightsChanged) told.event()).rights());
    }

    /** Waits until it is told, first or now, that somebody left, and gives the cause. */
    String departure(String document, String session) {
        return heard.await(
                        NodeEvent.Presence.class,
                        told -> told.document().equals(document) && told.left().containsKey(session),
                        SOON)
                .left()
                .get(session);
    }

    /** Waits until it is told that a member became online or offline. */
    void change(String document, String session, boolean online) {
        heard.await(
                NodeEvent.Presence.class,
                told -> told.document().equals(document)
                        && told.changed().stream()
                                .anyMatch(member -> member.session().equals(session) && member.online() == online),
                SOON);
    }

    /** The members of a document as this client knows them by what it was told, having joined with that answer. */
    List<Member> members(Joined joined) {
        return Roll.of(joined, heard.all(NodeEvent.Presence.class));
    }

    /** Waits for the connection's end and gives its code. */
    int closeCode() {
        return heard.await(NodeEvent.Closed.class, told -> true, SOON).code();
    }

    /** Where a document's pen is, by the latest it was told. */
    Optional<Rights> latest(String document) {
        return heard.all(NodeEvent.RightsChanged.class).stream()
                .map(NodeEvent.RightsChanged::rights)
                .filter(rights -> rights.document().equals(document))
                .reduce((first, second) -> second);
    }
}
