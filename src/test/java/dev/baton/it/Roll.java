package dev.baton.it;

import dev.baton.client.Joined;
import dev.baton.client.Member;
import dev.baton.client.NodeEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The members of a document as a client has them that follows what it is told. */
final class Roll {
    private Roll() {}

    /**
     * Plays the news on top of the answer to the join.
     *
     * @param news everything the client was told of presence, in order; of other documents too
     * @throws AssertionError when a news is not about the members as they were: somebody joins twice, or leaves or
     *     changes who is not there
     */
    static List<Member> of(Joined joined, List<NodeEvent.Presence> news) {
        Map<String, Member> members = new LinkedHashMap<>();
        joined.members().forEach(member -> members.put(member.session(), member));
        for (NodeEvent.Presence told : news) {
            if (!told.document().equals(joined.document())) {
                continue;
            }
            told.joined().forEach(member -> check(members.put(member.session(), member) == null, "joined twice", told));
            told.left().keySet().forEach(session -> check(members.remove(session) != null, "left unseen", told));
            told.changed()
                    .forEach(member -> check(members.put(member.session(), member) != null, "changed unseen", told));
            check(members.size() == told.count(), "count is not " + members.size(), told);
        }
        return List.copyOf(members.values());
    }

    private static void check(boolean good, String otherwise, NodeEvent.Presence told) {
        if (!good) {
            throw new AssertionError(otherwise + ": " + told);
        }
    }
}
