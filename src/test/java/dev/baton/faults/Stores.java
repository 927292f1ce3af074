package dev.baton.faults;

import static org.awaitility.Awaitility.await;

import dev.baton.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The store of a cluster: a PostgreSQL and a standby that follows it, each in a place of its own. Nodes are given both
 * addresses and use the one that takes writes. What makes history go back leaves a pair behind again.
 */
final class Stores implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String CAUGHT_UP = "SELECT pg_last_wal_replay_lsn() >= '%s'";

    private final Path backup;
    private Server primary;
    private Server standby;

    /** Starts both, in two places from that one on. */
    Stores(Net net, int place, Path folder, Path logs) {
        this.backup = folder.resolve("backup");
        primary = new Server(net, place, port(net, 0), folder.resolve("pg0"), logs.resolve("store0.err"));
        standby = new Server(net, place + 1, port(net, 1), folder.resolve("pg1"), logs.resolve("store1.err"));
        try {
            primary.start();
            if (net.real()) {
                primary.letOthersIn();
            }
            standby.follow(primary);
        } catch (RuntimeException | Error failed) {
            close();
            throw failed;
        }
    }

    /** Not the same in each place: their sockets in the file system are named after it. */
    private static int port(Net net, int server) {
        return net.real() ? 5432 + server : FreePorts.inARow(1);
    }

    /** What a node is given: it leads to the one that takes writes. */
    String url() {
        String both = primary.place() < standby.place()
                ? primary.host() + "," + standby.host()
                : standby.host() + "," + primary.host();
        return "jdbc:postgresql://" + both + "/postgres?sslmode=disable&targetServerType=primary&connectTimeout=2";
    }

    /** Where they are. */
    List<Integer> places() {
        return List.of(primary.place(), standby.place());
    }

    /** Where the one is that takes writes. */
    int place() {
        return primary.place();
    }

    /** Runs a statement, as an operator does. */
    void run(String sql) {
        primary.run(sql);
    }

    void pause() {
        primary.signalAll("STOP");
    }

    void goOn() {
        primary.signalAll("CONT");
    }

    /** Waits until the standby has all that was committed before. */
    void catchUp() {
        String written = primary.ask("SELECT pg_current_wal_flush_lsn()");
        await().atMost(LONG)
                .until(() -> standby.ask(CAUGHT_UP.formatted(written)).equals("t"));
    }

    /** From now on the standby misses what is committed. */
    void leaveBehind() {
        standby.set("primary_conninfo", "");
        await().atMost(LONG).until(() -> standby.ask("SELECT count(*) FROM pg_stat_wal_receiver")
                .equals("0"));
    }

    /** From now on a commit is answered when the standby has it too. */
    void synchronous() {
        primary.set("synchronous_standby_names", "*");
        await().atMost(LONG).until(() -> primary.ask("SELECT sync_state FROM pg_stat_replication")
                .equals("sync"));
    }

    /** The primary dies and the standby takes its place; {@link #pairUp} is to follow. */
    void failOver() {
        primary.kill();
        promote();
    }

    /** The standby takes writes, beside the primary, which knows nothing of that; {@link #killOld} is to follow. */
    void promote() {
        standby.run("SELECT pg_promote(true, 60)");
        Server former = primary;
        primary = standby;
        standby = former;
    }

    /** The one that was the primary dies. */
    void killOld() {
        standby.kill();
    }

    /** Keeps a copy of the primary as it is now. */
    void backUp() {
        primary.backUp(backup);
    }

    /** The primary dies and comes back as it was when the copy was made; {@link #pairUp} is to follow. */
    void restore() {
        standby.kill();
        primary.kill();
        primary.restore(backup);
        primary.start();
    }

    /** The one that does not run follows the other from now on. */
    void pairUp() {
        standby.follow(primary);
    }

    @Override
    public void close() {
        primary.kill();
        standby.kill();
        Server.delete(backup);
    }
}
