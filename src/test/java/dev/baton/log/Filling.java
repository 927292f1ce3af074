package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Writes to a log until its store is full. */
final class Filling {
    /** Makes space. */
    interface Clearing {
        void clear() throws Exception;
    }

    private static final int LONGEST = 2_000;

    private final DocumentLog log;
    private final String code;
    private final Random random = new Random(1);

    /** @param code what the database calls it */
    Filling(DocumentLog log, String code) {
        this.log = log;
        this.code = code;
    }

    /**
     * While the store is full nothing is written, and the log says so all the time; and everything goes on when it is
     * not.
     */
    void verify(Clearing clearing) throws Exception {
        int written = 0;
        while (written < LONGEST && applied(written)) {
            written++;
        }
        assertThat(written).isBetween(1, LONGEST - 1);
        await().during(2, TimeUnit.SECONDS).until(() -> !log.available());
        assertThat(log.obstacle())
                .hasValueSatisfying(
                        what -> assertThat(what).startsWith("full: ").contains(code));
        assertThat(log.stats().refused().get("full")).isPositive();
        assertThat(get(log.open("doc", OptionalLong.empty(), Optional.empty()))
                        .state()
                        .head())
                .as("reads go on")
                .isEqualTo(written);

        clearing.clear();

        await().until(log::available);
        assertThat(log.obstacle()).isEmpty();
        assertThat(applied(written)).isTrue();
        assertThat(get(log.heads(List.of("doc"))))
                .isEqualTo(Map.of("doc", new Head(written + 1L, 0, Optional.empty())));
    }

    private boolean applied(int number) {
        StringBuilder data = new StringBuilder("\"");
        random.ints(1_500, 'a', 'z').forEach(c -> data.append((char) c));
        var append = new Append(
                "doc",
                Kind.MESSAGE,
                0,
                "cid",
                "{}",
                "op" + number,
                data.append('"').toString(),
                1);
        return get(log.append(append).map(result -> result instanceof Applied).otherwise(false));
    }
}
