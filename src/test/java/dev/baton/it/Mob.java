package dev.baton.it;

import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Many connections that mean harm, each of them in its own way; whoever is cut off comes again, so that their number
 * stays. They are all on one event loop of their own. Any thread.
 */
final class Mob implements AutoCloseable {
    /** How often each of them goes on with what it does, in milliseconds. */
    private static final int AGAIN = 1_000;

    /** Each has its own moment for that, within {@link #AGAIN}: they know nothing of each other. In milliseconds. */
    private static final int APART = 10;

    /** What a kernel holds for them to read; the least it gives. */
    private static final int SMALL = 4_096;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final NetClient client;
    private final long back;
    private final AtomicInteger there = new AtomicInteger();
    private final AtomicLong came = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final List<Villain> all = new ArrayList<>();
    private volatile boolean over;
    private int moment; // on the event loop

    private Mob(Duration back) {
        this.back = Math.max(1, back.toMillis());
        this.client = vertx.createNetClient(new NetClientOptions()
                .setReceiveBufferSize(SMALL)
                .setTcpNoDelay(true)
                .setSoLinger(0)
                .setConnectTimeout(Math.toIntExact(Duration.ofSeconds(10).toMillis())));
    }

    /**
     * So many begin, each when its turn comes within a time.
     *
     * @param back how long whoever was cut off stays away
     * @param within when the last of them has begun
     * @param known what the one of that number knows
     */
    static Mob gather(int size, Duration back, Duration within, IntFunction<Misdeed.Knowledge> known) {
        Mob mob = new Mob(back);
        Misdeed[] misdeeds = Misdeed.values();
        for (int i = 0; i < size; i++) {
            Villain villain = mob.new Villain(misdeeds[i % misdeeds.length], known.apply(i));
            mob.all.add(villain);
            mob.vertx.setTimer(1 + within.toMillis() * i / size, id -> villain.come());
        }
        mob.vertx.setPeriodic(APART, id -> mob.nextGoOn());
        return mob;
    }

    /** Those whose moment it is. On the event loop. */
    private void nextGoOn() {
        int moments = AGAIN / APART;
        for (int i = moment; i < all.size(); i += moments) {
            all.get(i).goOn();
        }
        moment = (moment + 1) % moments;
    }

    /** How many are connected now. */
    int there() {
        return there.get();
    }

    /** How many connections they have made. */
    long came() {
        return came.get();
    }

    /** How many of their connections were refused by the kernel, or not answered by it. */
    long failed() {
        return failed.get();
    }

    /** All of them go, and stay away. */
    @Override
    public void close() {
        over = true;
        Waiting.on(client.close().compose(closed -> vertx.close()));
    }

    /** One of them. Confined to the event loop. */
    private final class Villain {
        private final Misdeed misdeed;
        private final Misdeed.Knowledge known;
        private Optional<NetSocket> socket = Optional.empty();
        private boolean open;
        private int times;

        Villain(Misdeed misdeed, Misdeed.Knowledge known) {
            this.misdeed = misdeed;
            this.known = known;
        }

        void come() {
            if (over) {
                return;
            }
            open = false;
            times = 0;
            client.connect(known.port(), "127.0.0.1").onSuccess(this::connected).onFailure(refused -> {
                failed.incrementAndGet();
                comeBack();
            });
        }

        private void comeBack() {
            if (!over) {
                vertx.setTimer(back, id -> come());
            }
        }

        private void connected(NetSocket connected) {
            socket = Optional.of(connected);
            there.incrementAndGet();
            came.incrementAndGet();
            connected.exceptionHandler(broken -> {}); // it is closed then, which is all there is to know
            connected.closeHandler(v -> {
                there.decrementAndGet();
                socket = Optional.empty();
                comeBack();
            });
            connected.handler(this::read);
            say(connected, misdeed.first(known));
        }

        private void read(Buffer answer) {
            if (open || !misdeed.asksForSocket()) {
                return;
            }
            open = true;
            NetSocket here = socket.orElseThrow();
            if (!answer.toString("ISO-8859-1").startsWith("HTTP/1.1 101")) {
                here.close(); // turned away: it tries again
                return;
            }
            say(here, misdeed.then(known));
            if (misdeed == Misdeed.READS_NOTHING) {
                here.pause();
            }
        }

        void goOn() {
            if (socket.isPresent() && (open || !misdeed.asksForSocket())) {
                say(socket.get(), misdeed.again(known, times++));
            }
        }

        private static void say(NetSocket socket, Buffer bytes) {
            if (bytes.length() > 0 && !socket.writeQueueFull()) {
                socket.write(bytes).onFailure(cut -> {}); // the close is told by itself
            }
        }
    }
}
