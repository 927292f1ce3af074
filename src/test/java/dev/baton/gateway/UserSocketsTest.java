package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** So many sockets a user, from whatever thread, and nothing of who has none. */
class UserSocketsTest {
    private final UserSockets sockets = new UserSockets();

    @Test
    void oneMoreThanThereMayBeIsRefusedAndDoesNotCount() {
        assertThat(sockets.tryOpen("ann", 2)).isTrue();
        assertThat(sockets.tryOpen("ann", 2)).isTrue();
        assertThat(sockets.tryOpen("ann", 2)).isFalse();
        assertThat(sockets.tryOpen("ben", 2)).as("another user").isTrue();
        sockets.closed("ann");
        assertThat(sockets.tryOpen("ann", 2)).isTrue();
        assertThat(sockets.tryOpen("ann", 2)).isFalse();
    }

    @Test
    void whoeverHasNoneIsForgotten() {
        sockets.tryOpen("ann", 1);
        sockets.tryOpen("ann", 1);
        sockets.closed("ann");
        assertThat(sockets.users()).isZero();
    }

    @Test
    void manyAtOnceGetNoMoreThanThereMayBe() {
        AtomicInteger let = new AtomicInteger();
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            if (sockets.tryOpen("ann", 100)) {
                let.incrementAndGet();
            }
        });
        assertThat(let).hasValue(100);
        IntStream.range(0, 100).parallel().forEach(i -> sockets.closed("ann"));
        assertThat(sockets.users()).isZero();
    }
}
