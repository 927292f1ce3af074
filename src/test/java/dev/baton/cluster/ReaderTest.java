package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ReaderTest {
    /** Far longer than whatever fails by itself in these tests. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private final CountDownLatch never = new CountDownLatch(1);

    /** What hangs, as a question to a member that stands still does. */
    private final Callable<String> hanging = () -> {
        never.await();
        return "late";
    };

    private WorkerExecutor threads;
    private Reader reader;

    @BeforeEach
    void makeReader(Vertx vertx) {
        threads = vertx.createSharedWorkerExecutor("reader-test", 8);
        reader = new Reader(vertx, threads);
    }

    @AfterEach
    void letGo() {
        never.countDown();
        Waiting.on(threads.close());
    }

    @Test
    void aQuestionIsAnswered() {
        assertThat(answerTo(() -> "yes")).isEqualTo("yes");
    }

    @Test
    void aQuestionThatHangsFailsAndTheNextOneIsGivenTwiceAsLong() {
        assertThat(failureOf(reader.read(hanging))).contains("Timeout 150 ");
        assertThat(failureOf(reader.read(hanging))).contains("Timeout 300 ");
    }

    @Test
    void anAnswerTakesThePatienceBackToWhereItBegan() {
        failureOf(reader.read(hanging));
        answerTo(() -> "yes");

        assertThat(failureOf(reader.read(hanging))).contains("Timeout 150 ");
    }

    @Test
    void whenANodeIsLostWhatIsOpenFailsAtOnceAndNothingCountsThatFailedBefore() {
        failureOf(reader.read(hanging));
        failureOf(reader.read(hanging));
        Future<String> open = reader.read(hanging);

        reader.startOver();

        assertThat(failureOf(open)).isEqualTo("asked before a node was lost");
        assertThat(open.cause()).isInstanceOf(Reader.LostMeanwhile.class);
        assertThat(failureOf(reader.read(hanging))).contains("Timeout 150 ");
    }

    /** Asks again where the machine was busy for longer than the reader's patience, as whoever asks has to. */
    private String answerTo(Callable<String> question) {
        while (true) {
            Future<String> answer = reader.read(question);
            await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(answer::isComplete);
            if (answer.succeeded()) {
                return answer.result();
            }
        }
    }

    private static String failureOf(Future<String> future) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(future::failed);
        return future.cause().getMessage();
    }
}
