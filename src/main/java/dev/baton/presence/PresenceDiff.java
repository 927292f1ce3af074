package dev.baton.presence;

import dev.baton.protocol.Member;
import java.util.List;
import java.util.Map;

/**
 * What changed for those who watch a document.
 *
 * @param joined who came
 * @param left who went, each with its cause
 * @param changed who is here in another way: away, back, in another mode
 * @param kept signals of members of other nodes that are kept from now on; empty text for one that is kept no longer
 */
public record PresenceDiff(
        List<Member> joined, Map<String, String> left, List<Member> changed, Map<String, String> kept) {

    /** Without any signal. */
    public PresenceDiff(List<Member> joined, Map<String, String> left, List<Member> changed) {
        this(joined, left, changed, Map.of());
    }

    /** Whether nobody came, went or changed. */
    public boolean isEmpty() {
        return joined.isEmpty() && left.isEmpty() && changed.isEmpty();
    }
}
