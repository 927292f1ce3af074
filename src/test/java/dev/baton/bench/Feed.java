package dev.baton.bench;

import java.util.List;
import java.util.concurrent.ScheduledFuture;

/**
 * Sends updates into a room at a rate, each at its time whatever became of those before, and with that time in it:
 * whoever sees it knows how late it is, the time it waited to be sent too. Confined to the load's loop, but for
 * {@link #start}.
 */
final class Feed implements Runnable {
    /** One session may send 200 messages a second by default; its pongs count too. */
    private static final int MOST_EACH = 150;

    private static final long TICK_MICROS = 250;
    private static final int BYTES = 100;

    private final List<Client> members;
    private final String document;
    private final long begin;
    private final long end;
    private final double nanosEach;
    private final int senders;
    private final String run;
    private long sent;

    /**
     * A feed.
     *
     * @param members the first holds the pen and sends updates; where more are sent than one session may, others say
     *     messages, which go the same way
     * @param run makes ids differ from those of other feeds
     * @param rate a second, of all
     */
    Feed(List<Client> members, String document, String run, double rate, long begin, long end) {
        this.members = members;
        this.document = document;
        this.run = run;
        this.begin = begin;
        this.end = end;
        this.nanosEach = 1e9 / rate;
        this.senders = (int) Math.max(1, Math.ceil(rate / MOST_EACH));
    }

    /** Begins; cancel what this returns at the end. */
    ScheduledFuture<?> start(Loader loader) {
        return loader.every(TICK_MICROS, this);
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        for (long due = due(); due - now <= 0 && due - end < 0; due = due()) {
            int sender = (int) (sent % senders);
            Client client = members.get(sender);
            String head = sender == 0
                    ? "{\"type\":\"update\",\"epoch\":" + client.epoch() + ",\"document\":\""
                    : "{\"type\":\"say\",\"document\":\"";
            client.send(head + document + "\",\"id\":\"" + run + sent + "\",\"data\":" + data(due) + "}");
            sent++;
        }
    }

    private long due() {
        return begin + (long) (sent * nanosEach);
    }

    /** As JSON, {@link #BYTES} long. */
    private static String data(long due) {
        String head = "{\"t\":" + due + ",\"p\":\"";
        return head + "x".repeat(BYTES - head.length() - 2) + "\"}";
    }

    /** How many were sent. */
    long sent() {
        return sent;
    }
}
