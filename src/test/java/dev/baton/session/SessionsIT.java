package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.baton.FreePorts;
import dev.baton.auth.Roles;
import dev.baton.client.Waiting;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.ClusterSetup;
import dev.baton.cluster.Travelling;
import dev.baton.config.Settings;
import dev.baton.protocol.User;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions in a real shared map. */
class SessionsIT {
    private static final int TIMES = 20_000;

    private static HazelcastInstance member;
    private static Vertx vertx;
    private static Sessions sessions;

    @BeforeAll
    static void join() {
        Settings settings = Settings.of(Map.of("cluster.port", Integer.toString(FreePorts.inARow(20))));
        member = ClusterSetup.join(settings, config -> Travelling.let(config, Sessions.TRAVELLING));
        vertx = Vertx.vertx();
        sessions = new Sessions(vertx, new ClusterNode(vertx, member), Duration.ofMinutes(2));
    }

    @AfterAll
    static void leave() {
        Waiting.on(vertx.close());
        member.getLifecycleService().terminate();
    }

    /** Who is missing here loses the pen: a sweep takes a session that it does not find for lost. */
    @Test
    void allThatAreThereAreFoundEachTimeHoweverSoonTheAnswersCome() {
        Set<String> there = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            there.add(Waiting.on(sessions.create(new User("u-" + i, "U"), Roles.EDIT_ALL))
                    .record()
                    .id());
        }
        Promise<Integer> found = Promise.promise();
        find(vertx.getOrCreateContext(), there, TIMES, found);

        assertThat(found.future().toCompletionStage().toCompletableFuture())
                .succeedsWithin(Duration.ofMinutes(1))
                .isEqualTo(0);
    }

    /**
     * One after the other, each begun anew, so that no chain of futures grows; tells how many are left at the first
     * that misses somebody.
     */
    private static void find(Context context, Set<String> ids, int left, Promise<Integer> told) {
        context.runOnContext(v -> sessions.find(ids).onComplete(answer -> {
            if (answer.failed()) {
                told.fail(answer.cause());
            } else if (left == 0 || !answer.result().keySet().equals(ids)) {
                told.complete(left);
            } else {
                find(context, ids, left - 1, told);
            }
        }));
    }
}
