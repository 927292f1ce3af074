package dev.baton.faults;

import dev.baton.client.BatonClient;
import dev.baton.client.Mode;
import dev.baton.client.NodeEvent;
import java.util.Optional;

/**
 * Says something to all members of a document now and then, without the lock. What it was not answered it says again
 * every other time; the other times it leaves that open.
 */
final class Talker extends Actor {
    private static final int PAUSE = 150;

    private final History.Reading reading;
    private int number;
    private volatile boolean quiet;

    Talker(World world, String name, String document, long seed) {
        super(world, name, seed);
        this.reading = world.history().new Reading(name, document);
    }

    String document() {
        return reading.document();
    }

    /** From now on it says nothing. Any thread. */
    void quiet() {
        quiet = true;
    }

    @Override
    void arrived(BatonClient on) {
        boolean first = reading.log().isEmpty();
        join(on, Mode.VIEW, reading, joined -> {
            if (first || number % 2 == 0) {
                number++;
            }
            say(on);
        });
    }

    @Override
    void heard(NodeEvent event) {
        if (event instanceof NodeEvent.Entries entries) {
            reading.entries(entries.entries());
        } else if (event instanceof NodeEvent.Reset reset) {
            reset(reset.joined(), reading);
        }
    }

    @Override
    void left() {
        // What it was saying is said again when it is back, or not.
    }

    private void say(BatonClient on) {
        if (quiet || !current(on)) {
            return;
        }
        String id = name + "-" + number;
        String mine = session();
        int at = node();
        long began = System.nanoTime();
        on.say(reading.document(), id, "said").onComplete(done -> {
            Event.Result result = done.succeeded()
                    ? Event.Result.APPLIED
                    : wasNotDone(done.cause()) ? Event.Result.REFUSED : Event.Result.UNKNOWN;
            world.history()
                    .add(new Event.Wrote(
                            began,
                            System.nanoTime(),
                            name,
                            mine,
                            at,
                            reading.document(),
                            0,
                            id,
                            result,
                            done.succeeded() ? done.result().seq() : 0,
                            Optional.empty()));
            if (done.succeeded() && current(on)) {
                number++;
            }
            world.vertx().setTimer(1 + random.nextInt(2 * PAUSE), next -> run(() -> say(on)));
        });
    }
}
