package dev.baton.session;

import dev.baton.auth.Roles;
import dev.baton.protocol.User;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the cluster keeps of a session.
 *
 * @param id its public id
 * @param user who is behind it
 * @param secretHash {@link ResumeSecret#hash} of what it is resumed with
 * @param node the node it is, or was last, connected to
 * @param generation rises with each connection; 1 after the first {@code hello}
 * @param link whether it is connected
 * @param documents the documents it takes part in
 * @param roles what its user may do where
 * @param attempts the last ones to take it up, oldest first: Hazelcast may run one again, also late
 */
public record SessionRecord(
        String id,
        User user,
        String secretHash,
        String node,
        long generation,
        Link link,
        Map<String, Standing> documents,
        Roles roles,
        List<Long> attempts)
        implements Serializable {

    /** So many of the last attempts to take a session up are remembered. */
    private static final int ATTEMPTS = 4;

    /** The cause of its end when somebody else ended it. */
    public static final String REMOVED = "removed";

    /** The cause of its end when its client ended it. */
    public static final String LEFT = "left";

    /** Keeps the map immutable. */
    public SessionRecord {
        documents = Map.copyOf(documents);
        attempts = List.copyOf(attempts);
    }

    /** One that was not taken up again so far. */
    public SessionRecord(
            String id,
            User user,
            String secretHash,
            String node,
            long generation,
            Link link,
            Map<String, Standing> documents,
            Roles roles) {
        this(id, user, secretHash, node, generation, link, documents, roles, List.of());
    }

    /** Whether a session is connected. */
    public sealed interface Link extends Serializable {}

    /** It is. */
    public record Online() implements Link {}

    /**
     * It is not, and may be resumed until then.
     *
     * @param cause {@code closed}, {@code timeout} or {@code node-lost}; or {@link #REMOVED} or {@link #LEFT}, and it
     *     cannot be resumed
     * @param since when it was lost, in milliseconds of cluster time
     * @param until when it expires
     */
    public record Offline(String cause, long since, long until) implements Link {}

    /**
     * Whether its client or somebody else ended it. The record is kept a little longer, so that no node takes it for
     * lost and puts it back.
     */
    public boolean ended() {
        return link instanceof Offline offline && ends(offline.cause());
    }

    /** Whether that cause ends a session at once, so that it cannot be resumed. */
    public static boolean ends(String cause) {
        return cause.equals(REMOVED) || cause.equals(LEFT);
    }

    /** Why it is not connected; empty while it is. */
    public Optional<String> lostBy() {
        return link instanceof Offline offline ? Optional.of(offline.cause()) : Optional.empty();
    }

    /** Whether it is connected. */
    public boolean online() {
        return link instanceof Online;
    }

    SessionRecord with(Link other) {
        return new SessionRecord(id, user, secretHash, node, generation, other, documents, roles, attempts);
    }

    SessionRecord with(Roles other) {
        return new SessionRecord(id, user, secretHash, node, generation, link, documents, other, attempts);
    }

    /** Whether that attempt was the one that took it up last. */
    boolean takenUpBy(long attempt) {
        return !attempts.isEmpty() && attempts.get(attempts.size() - 1) == attempt;
    }

    SessionRecord connectedTo(String newNode, Roles newRoles, long attempt) {
        List<Long> more = new ArrayList<>(attempts.size() < ATTEMPTS ? attempts : attempts.subList(1, ATTEMPTS));
        more.add(attempt);
        return new SessionRecord(
                id, user, secretHash, newNode, generation + 1, new Online(), documents, newRoles, more);
    }

    SessionRecord in(String document, Standing standing) {
        Map<String, Standing> more = new TreeMap<>(documents);
        more.put(document, standing);
        return new SessionRecord(id, user, secretHash, node, generation, link, more, roles, attempts);
    }

    SessionRecord notIn(String document) {
        Map<String, Standing> fewer = new TreeMap<>(documents);
        fewer.remove(document);
        return new SessionRecord(id, user, secretHash, node, generation, link, fewer, roles, attempts);
    }

    /** Without the hash of the secret. */
    @Override
    public String toString() {
        return "SessionRecord[" + id + ", node=" + node + ", generation=" + generation + ", " + link + ", documents="
                + documents.size() + "]";
    }
}
