package dev.baton.rights;

import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.SeqEntry;
import dev.baton.protocol.User;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a node with members is told of a document's lock. A hint: whoever holds an older {@code revision} takes it over,
 * and looks the record up now and then.
 *
 * @param document the document
 * @param revision of the record
 * @param epoch the fencing token
 * @param holder who has the pen
 * @param granted since when, in milliseconds of cluster time; 0 while nobody has it
 * @param deadline when something is due, in milliseconds of cluster time
 * @param queue sessions in line, in order
 * @param asks requests that the holder has not answered
 * @param audience nodes with members
 * @param cause what moved the pen last
 */
public record LockNews(
        String document,
        long revision,
        long epoch,
        Optional<Member> holder,
        long granted,
        OptionalLong deadline,
        List<String> queue,
        List<Asked> asks,
        List<String> audience,
        String cause) {

    /** The type of the message that carries it. */
    public static final String TYPE = "lock";

    /**
     * A request as shown to the holder.
     *
     * @param by who asks
     * @param until when silence counts as yes, in milliseconds of cluster time
     */
    public record Asked(Member by, long until) {}

    /** What there is to tell of a record. */
    public static LockNews of(String document, LockRecord record, long now) {
        EditLock lock = record.lock();
        RightsState view = lock.view(document, now);
        List<Asked> asks = new ArrayList<>();
        for (Ask ask : lock.asks()) {
            lock.find(ask.session()).ifPresent(waiter -> asks.add(new Asked(waiter.asMember(), ask.until())));
        }
        return new LockNews(
                document,
                record.revision(),
                lock.epoch(),
                view.holder(),
                lock.tenure() instanceof Tenure.Held held ? held.granted() : 0,
                lock.deadline(),
                view.queue(),
                asks,
                record.audience(),
                lock.cause());
    }

    /** Whether that session holds the pen or stands in line. */
    public boolean places(String session) {
        return queue.contains(session)
                || holder.filter(member -> member.session().equals(session)).isPresent();
    }

    /** What members are told. */
    public RightsState view(long now) {
        boolean reserved = holder.isPresent() && !holder.get().online();
        OptionalLong until = reserved && deadline.isPresent()
                ? OptionalLong.of(Math.max(0, deadline.getAsLong() - now))
                : OptionalLong.empty();
        return new RightsState(document, epoch, holder, until, queue, cause);
    }

    /** As a message to a node; {@code entries} are changes of rights that the log has just taken up. */
    JsonObject toJson(List<SeqEntry> entries) {
        JsonObject json = new JsonObject()
                .put("document", document)
                .put("revision", revision)
                .put("epoch", epoch)
                .put("granted", granted)
                .put("queue", new JsonArray(queue))
                .put("audience", new JsonArray(audience))
                .put("cause", cause);
        holder.ifPresent(member -> json.put("holder", json(member)));
        if (deadline.isPresent()) {
            json.put("deadline", deadline.getAsLong());
        }
        JsonArray asked = new JsonArray();
        asks.forEach(ask -> asked.add(new JsonObject().put("by", json(ask.by())).put("until", ask.until())));
        JsonArray logged = new JsonArray();
        entries.forEach(entry -> logged.add(new JsonObject()
                .put("seq", entry.seq())
                .put("entry", entry.text().text())));
        return json.put("asks", asked).put("entries", logged);
    }

    /** What arrived. */
    public static LockNews of(JsonObject json) {
        List<Asked> asks = new ArrayList<>();
        for (Object ask : json.getJsonArray("asks")) {
            JsonObject one = (JsonObject) ask;
            asks.add(new Asked(member(one.getJsonObject("by")), one.getLong("until")));
        }
        Long deadline = json.getLong("deadline");
        return new LockNews(
                json.getString("document"),
                json.getLong("revision"),
                json.getLong("epoch"),
                Optional.ofNullable(json.getJsonObject("holder")).map(LockNews::member),
                json.getLong("granted"),
                deadline == null ? OptionalLong.empty() : OptionalLong.of(deadline),
                json.getJsonArray("queue").stream().map(String.class::cast).toList(),
                asks,
                json.getJsonArray("audience").stream().map(String.class::cast).toList(),
                json.getString("cause"));
    }

    /** The entries that arrived with the news. */
    public static List<SeqEntry> entries(JsonObject json) {
        List<SeqEntry> entries = new ArrayList<>();
        for (Object entry : json.getJsonArray("entries")) {
            JsonObject one = (JsonObject) entry;
            entries.add(new SeqEntry(one.getLong("seq"), new Json(one.getString("entry"))));
        }
        return entries;
    }

    private static JsonObject json(Member member) {
        return new JsonObject()
                .put("session", member.session())
                .put("id", member.user().id())
                .put("name", member.user().name())
                .put("since", member.since())
                .put("online", member.online());
    }

    private static Member member(JsonObject json) {
        return new Member(
                json.getString("session"),
                new User(json.getString("id"), json.getString("name")),
                Mode.EDIT,
                json.getLong("since"),
                json.getBoolean("online"));
    }
}
