package dev.baton.gateway;

import dev.baton.protocol.CloseCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of this node, over all its loops. Thread-safe. */
public final class Connections {
    private final ConcurrentMap<String, Connection> bySession = new ConcurrentHashMap<>();
    private final AtomicInteger sockets = new AtomicInteger();
    private final LimitCounts limits = new LimitCounts();
    private final UserSockets users = new UserSockets();
    private final UserSockets addresses = new UserSockets();
    private final List<Loop> loops = new CopyOnWriteArrayList<>();
    private final Debts debts;
    private final GatewayMeters meters;
    private final PartsBudget parts;

    /**
     * None yet.
     *
     * @param meters count what happens to those to come
     * @param parts the most bytes of unfinished messages that come in parts
     * @param strangers so many connections a second that come to nothing are borne
     */
    public Connections(GatewayMeters meters, long parts, int strangers) {
        this.debts = new Debts(strangers, 2 * Strangers.BURST * strangers);
        this.meters = meters;
        this.parts = new PartsBudget(parts);
    }

    /** What is kept of messages that come in parts. */
    public PartsBudget parts() {
        return parts;
    }

    /** The connections of each client address that came to nothing. */
    Debts debts() {
        return debts;
    }

    /** What is counted of them. */
    GatewayMeters meters() {
        return meters;
    }

    /** Counts a socket in, unless there are that many already. */
    boolean tryOpen(int most) {
        if (sockets.incrementAndGet() > most) {
            sockets.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Counts a socket out. */
    void closed() {
        sockets.decrementAndGet();
    }

    /** A session is on that connection from now on, or on a later one that is here already; the other one is closed. */
    void put(String session, Connection connection) {
        bySession.compute(session, (id, before) -> {
            if (before == null) {
                return connection;
            }
            boolean late = before.generation() > connection.generation();
            Connection current = late ? before : connection;
            (late ? connection : before).replacedBy(current.generation());
            return current;
        });
    }

    /** A session is not on that connection any more. */
    void remove(String session, Connection connection) {
        bySession.remove(session, connection);
    }

    /** The connection of a session on this node. */
    Optional<Connection> of(String session) {
        return Optional.ofNullable(bySession.get(session));
    }

    /** Whether a session has a connection here. */
    public boolean connected(String session) {
        return bySession.containsKey(session);
    }

    /** A session goes on elsewhere, for the {@code generation}-th time: its earlier connection here is closed. */
    public void replaced(String session, long generation) {
        of(session).ifPresent(connection -> connection.replacedBy(generation));
    }

    /** A session has been ended by somebody: its connection here is closed for good. */
    public void removed(String session) {
        of(session).ifPresent(connection -> connection.leave(CloseCode.REMOVED));
    }

    /** All that have a session. */
    Collection<Connection> all() {
        return bySession.values();
    }

    /** Counts the heartbeats of a loop in. */
    void add(Loop loop) {
        loops.add(loop);
    }

    /** How many places there are in the heartbeat wheels, as of their last ticks. */
    public int beats() {
        return loops.stream().mapToInt(Loop::beats).sum();
    }

    /** How many new connections wait until the node listens to them, as of the last ticks. */
    public int waiting() {
        return loops.stream().mapToInt(Loop::waiting).sum();
    }

    /** How many sockets are open, those that have not said {@code hello} yet among them. */
    public int sockets() {
        return sockets.get();
    }

    /** How many users have sockets here. */
    public int userCount() {
        return users.users();
    }

    /** The sockets of each user. */
    UserSockets users() {
        return users;
    }

    /** The sockets of each client address. */
    UserSockets addresses() {
        return addresses;
    }

    /** How often each limit was reached. */
    public LimitCounts limits() {
        return limits;
    }

    /** How many sessions are connected. */
    public int sessions() {
        return bySession.size();
    }
}
