package dev.baton.faults;

import dev.baton.client.BatonClient;
import dev.baton.client.Member;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import dev.baton.client.Outcome;
import dev.baton.client.Rights;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Stands in line for one document's pen, writes while it has it, gives it back after a while and stands in line again.
 * A write whose outcome it was not told it repeats under the same id, on whichever node it comes back.
 */
final class Writer extends Actor {
    /** About once in so many updates the holder gives the content, also when it is not asked for it. */
    private static final int COMPACTED = 150;

    private final String document;
    private final History.Reading reading;
    private final int pause;
    private final boolean compacts;
    private long epoch;
    private boolean holds;
    private boolean writing;
    private int left;
    private int number;
    private List<String> queue = List.of();
    private Optional<String> unanswered = Optional.empty();

    private volatile boolean quiet;
    private volatile boolean givingBack;
    private volatile boolean handsOn = true;
    private volatile boolean holder;
    private volatile long holderEpoch;

    /**
     * Not connected yet.
     *
     * @param pause milliseconds between two updates
     * @param compacts whether it gives the content while it writes, so that the log before is not kept
     */
    Writer(World world, String name, String document, int pause, boolean compacts, long seed) {
        super(world, name, seed);
        this.document = document;
        this.compacts = compacts;
        this.pause = pause;
        this.reading = world.history().new Reading(name, document);
    }

    String document() {
        return document;
    }

    /** Whether it believes that it holds the pen. Any thread. */
    boolean holder() {
        return holder;
    }

    /** The epoch under which it did so last. Any thread. */
    long epoch() {
        return holderEpoch;
    }

    /**
     * From now on, once nothing is unanswered: gives the pen back when it gets it, and wants it no more. Any thread.
     */
    void quiet() {
        quiet = true;
    }

    /** Whether it has asked to give the pen back and was not answered yet. Any thread. */
    boolean givingBack() {
        return givingBack;
    }

    /** Keeps the pen until told otherwise, or hands it on again. Any thread. */
    void handsOn(boolean does) {
        handsOn = does;
    }

    @Override
    void arrived(BatonClient on) {
        stand(on);
    }

    private void stand(BatonClient on) {
        join(on, Mode.EDIT, reading, joined -> {
            note(joined.rights());
            told(on, joined.rights());
        });
    }

    @Override
    void heard(NodeEvent event) {
        BatonClient on = client().orElse(null);
        if (event instanceof NodeEvent.Entries entries && entries.document().equals(document)) {
            reading.entries(entries.entries());
        } else if (event instanceof NodeEvent.Reset reset && on != null) {
            reset(reset.joined(), reading);
            note(reset.joined().rights());
            told(on, reset.joined().rights());
        } else if (event instanceof NodeEvent.SnapshotWanted && on != null && holds && compacts) {
            snapshot(on);
        } else if (event instanceof NodeEvent.RightsChanged changed && on != null) {
            told(on, changed.rights());
        } else if (event instanceof NodeEvent.Requested requested && on != null) {
            on.answer(document, requested.epoch(), requested.by().session(), random.nextBoolean());
        }
    }

    @Override
    void left() {
        holds = false;
        holder = false;
        writing = false;
    }

    private void told(BatonClient on, Rights rights) {
        boolean now = rights.you() == Rights.Place.HOLDER;
        if (holds && !now) {
            lateWrite(on, epoch);
        }
        if (now && (!holds || rights.epoch() != epoch)) {
            left = 10 + random.nextInt(40);
        }
        holds = now;
        queue = rights.queue();
        epoch = rights.epoch();
        holder = now;
        holderEpoch = epoch;
        if (holds && !writing) {
            writing = true;
            next(on);
        }
    }

    private void next(BatonClient on) {
        if (!holds || !current(on)) {
            writing = false;
            return;
        }
        if (left <= 0 && handsOn && unanswered.isEmpty()) {
            writing = false;
            giveBack(on);
            return;
        }
        if (quiet && unanswered.isEmpty()) {
            writing = false;
            long over = epoch;
            release(on, over, Optional.empty())
                    .onFailure(unknown -> later(on, () -> {
                        if (holds && epoch == over) {
                            release(on, over, Optional.empty());
                        }
                    }));
            return;
        }
        if (left <= 0 && unanswered.isEmpty()) {
            again(on, pause); // told to keep it
            return;
        }
        String id = unanswered.orElseGet(() -> name + "-" + number++);
        unanswered = Optional.of(id);
        write(on, id);
    }

    private void again(BatonClient on, long millis) {
        world.vertx().setTimer(millis, id -> run(() -> next(on)));
    }

    private void write(BatonClient on, String id) {
        long under = epoch;
        long began = System.nanoTime();
        int at = node();
        on.update(document, under, id, new JsonObject().put("by", id)).onComplete(done -> {
            long end = System.nanoTime();
            Event.Result result = Event.Result.UNKNOWN;
            long told = 0;
            Optional<String> by = Optional.empty();
            if (done.succeeded() && done.result() instanceof Outcome.Applied applied) {
                result = Event.Result.APPLIED;
                told = applied.seq();
            } else if (done.succeeded() && done.result() instanceof Outcome.Fenced fenced) {
                result = Event.Result.FENCED;
                told = fenced.epoch();
                by = fenced.holder().map(Member::session);
            } else if (done.failed() && wasNotDone(done.cause())) {
                result = Event.Result.REFUSED;
            }
            world.history()
                    .add(new Event.Wrote(began, end, name, session(), at, document, under, id, result, told, by));
            if (result == Event.Result.APPLIED) {
                unanswered = Optional.empty();
                left--;
                if (compacts && told % COMPACTED == 0 && current(on)) {
                    snapshot(on);
                }
            }
            if (current(on)) {
                // A refused or fenced write is tried again when the pen is here: under the same id, which is what it is
                // for.
                long wait = result == Event.Result.APPLIED ? pause : 100;
                if (result == Event.Result.FENCED && epoch == under) {
                    holds = false;
                    holder = false;
                    writing = false;
                } else {
                    again(on, 1 + random.nextInt((int) (2 * wait)));
                }
            }
        });
    }

    /** Writes once more under an epoch that is over: it must be fenced. */
    private void lateWrite(BatonClient on, long former) {
        String id = name + "-late-" + former;
        long began = System.nanoTime();
        on.update(document, former, id, "late").onSuccess(outcome -> world.history()
                .add(new Event.Wrote(
                        began,
                        System.nanoTime(),
                        name,
                        session(),
                        node(),
                        document,
                        former,
                        id,
                        outcome instanceof Outcome.Applied ? Event.Result.APPLIED : Event.Result.FENCED,
                        outcome instanceof Outcome.Applied applied ? applied.seq() : former + 1,
                        Optional.empty())));
    }

    /** The content of a document is the sum of what was written to it. */
    private void snapshot(BatonClient on) {
        reading.sum().ifPresent(sum -> on.snapshot(document, epoch, reading.last(), new JsonObject().put("sum", sum)));
    }

    private Future<Rights> release(BatonClient on, long over, Optional<String> next) {
        long began = System.nanoTime();
        int at = node();
        String mine = session();
        Future<Rights> released =
                next.isPresent() ? on.release(document, over, next.get()) : on.release(document, over);
        givingBack = true;
        return released.onComplete(done -> {
            givingBack = false;
            boolean answered = done.succeeded() || wasNotDone(done.cause());
            world.history().add(new Event.GaveBack(began, System.nanoTime(), name, mine, at, document, over, answered));
        });
    }

    /** A third of the time it says who is next, by no order. */
    private Optional<String> chosen() {
        return queue.isEmpty() || random.nextInt(3) > 0
                ? Optional.empty()
                : Optional.of(queue.get(random.nextInt(queue.size())));
    }

    private void giveBack(BatonClient on) {
        release(on, epoch, chosen()).onComplete(done -> {
            if (current(on) && !quiet) {
                later(on, () -> stand(on));
            }
        });
    }
}
