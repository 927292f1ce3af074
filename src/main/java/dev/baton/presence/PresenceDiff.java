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
 */
public record PresenceDiff(List<Member> joined, Map<String, String> left, List<Member> changed) {

    /** Whether nothing changed. */
    public boolean isEmpty() {
        return joined.isEmpty() && left.isEmpty() && changed.isEmpty();
    }
}
