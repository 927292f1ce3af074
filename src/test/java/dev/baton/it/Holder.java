package dev.baton.it;

import java.util.List;

/** A {@link HolderMain} that holds the pen of a document; killed when closed. */
final class Holder implements AutoCloseable {
    private final OwnProcess process;
    private final String session;
    private final long epoch;

    /** Starts it on a node; returns when it holds the pen. */
    static Holder start(NodeProcess node, String name, String document) {
        return new Holder(OwnProcess.start(
                List.of(),
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
                HolderMain.class,
                node.uri(),
                name,
                document));
    }

    private Holder(OwnProcess process) {
        this.process = process;
        String[] joined = process.line().split(" ", 4);
        if (!joined[0].equals("joined") || !joined[2].equals("HOLDER")) {
            process.kill();
            throw new AssertionError("does not hold the pen: " + String.join(" ", joined));
        }
        session = joined[1];
        epoch = Long.parseLong(joined[3]);
    }

    String session() {
        return session;
    }

    long epoch() {
        return epoch;
    }

    /** Says something in the document; returns when the node has answered. */
    void say(String what) {
        String said = process.ask(what);
        if (!said.startsWith("said ")) {
            throw new AssertionError("not said: " + said);
        }
    }

    /** SIGSTOP: its connection stays open, and nothing answers there. */
    void pause() {
        process.pause();
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
