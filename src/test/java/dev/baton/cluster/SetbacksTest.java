package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads of something that fails now and then, or all the time. */
class SetbacksTest {
    private static final Future<Void> DONE = Future.succeededFuture();
    private static final Future<Void> FAILED = Future.failedFuture("late");

    private final Logger log = (Logger) LoggerFactory.getLogger(SetbacksTest.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final Setbacks setbacks = new Setbacks(log, "sweep of bones");

    @BeforeEach
    void listen() {
        log.setAdditive(false);
        log.setLevel(Level.INFO);
        appender.start();
        log.addAppender(appender);
    }

    @AfterEach
    void leave() {
        log.detachAppender(appender);
    }

    private void after(List<Future<Void>> times) {
        times.forEach(setbacks::after);
    }

    private List<String> told() {
        return appender.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void whatFailsNowAndThenIsNotTold() {
        after(List.of(FAILED, FAILED, DONE, FAILED, DONE, FAILED, FAILED, DONE));

        assertThat(told()).isEmpty();
    }

    @Test
    void whatGoesOnFailingIsToldOnceAndItsEndToo() {
        after(List.of(FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, DONE, DONE));

        assertThat(told())
                .containsExactly(
                        "WARN sweep of bones put off, 3 times in a row: " + FAILED.cause(),
                        "INFO sweep of bones goes on");
    }

    @Test
    void whatFailsAgainLaterIsToldAgain() {
        after(List.of(FAILED, FAILED, FAILED, DONE, FAILED, FAILED, FAILED));

        assertThat(told()).filteredOn(line -> line.startsWith("WARN")).hasSize(2);
    }
}
