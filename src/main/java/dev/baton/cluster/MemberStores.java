package dev.baton.cluster;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which store each member of the cluster uses. Nodes that started apart on different stores, and whose clusters were
 * merged since, find out here: those on the store of most members go on, of two equal groups the one with the lowest
 * name. Pure, apart from what it is told; confined to one context.
 */
final class MemberStores {
    private final String self;
    private final String own;
    private final Map<String, String> heard = new HashMap<>();

    /** The view of a node on that store. */
    MemberStores(String self, String own) {
        this.self = self;
        this.own = own;
    }

    /** A node says which store it uses; empty when it does not say. */
    void heard(String node, String store) {
        if (!store.isEmpty()) {
            heard.put(node, store);
        }
    }

    /** Why this node must not serve beside those members; empty when it may. */
    Optional<String> outvoted(Set<String> others) {
        heard.keySet().retainAll(others);
        if (heard.values().stream().allMatch(own::equals)) {
            return Optional.empty();
        }
        Map<String, TreeSet<String>> users = new TreeMap<>();
        users.computeIfAbsent(own, store -> new TreeSet<>()).add(self);
        heard.forEach((node, store) ->
                users.computeIfAbsent(store, first -> new TreeSet<>()).add(node));
        String most = users.keySet().stream()
                .min(Comparator.comparing((String store) -> -users.get(store).size())
                        .thenComparing(store -> users.get(store).first()))
                .orElse(own);
        return most.equals(own)
                ? Optional.empty()
                : Optional.of("another: the nodes " + String.join(", ", users.get(most)) + " of this cluster use store "
                        + most + ", this one " + own
                        + "; point store.url at theirs, or give this node another cluster.name");
    }
}
