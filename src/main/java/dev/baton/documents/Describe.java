package dev.baton.documents;

import dev.baton.protocol.Member;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.User;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The values of the protocol as JSON objects, in the form that clients get them in. */
final class Describe {
    private Describe() {}

    static JsonObject user(User user) {
        return new JsonObject().put("id", user.id()).put("name", user.name());
    }

    static JsonObject member(Member member) {
        return new JsonObject()
                .put("session", member.session())
                .put("user", user(member.user()))
                .put("mode", member.mode().word())
                .put("since", member.since())
                .put("state", member.online() ? "online" : "offline");
    }

    /** Who holds the pen; {@code holder} is null when nobody does, {@code until} is there while it is reserved. */
    static JsonObject rights(RightsState rights) {
        JsonObject json = new JsonObject()
                .put("document", rights.document())
                .put("epoch", rights.epoch())
                .put("holder", rights.holder().map(Describe::member).orElse(null))
                .put("state", rights.state())
                .put("queue", new JsonArray(rights.queue()))
                .put("cause", rights.cause());
        rights.until().ifPresent(until -> json.put("until", until));
        return json;
    }
}
