package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baton.auth.Roles;
import dev.baton.protocol.Mode;
import dev.baton.protocol.ProtocolPage;
import dev.baton.protocol.User;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is published of a session says what the record says, and is read back as it was meant. */
class LivenessTest {
    private static final Standing VIEWS = new Standing(Mode.VIEW, 5);
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Liveness.State.class)
    void whatIsPublishedIsReadBackTheSame(Liveness.State state) throws Exception {
        Liveness news = Liveness.of(record(new SessionRecord.Offline("closed", 10, 130)), state, "closed", 12);
        assertThat(Liveness.of(published(news))).isEqualTo(news);
    }

    @Test
    void theManualShowsWhatIsPublished() throws Exception {
        SessionRecord record = new SessionRecord(
                "s-ann",
                new User("ann", "Ann"),
                "hash",
                "5f1c0de2a3b4",
                1,
                new SessionRecord.Offline("closed", 1790000012000L, 1790000132000L),
                Map.of("team/notes", VIEWS),
                Roles.EDIT_ALL);
        Liveness news = Liveness.of(record, Liveness.State.OFFLINE, "closed", 1790000012000L);
        assertThat(new ProtocolPage().published()).contains(published(news));
    }

    @Test
    void documentsComeInOrder() {
        assertThat(Liveness.of(record(new SessionRecord.Online()), Liveness.State.ONLINE, "hello", 12)
                        .documents())
                .containsExactly("a", "b", "c");
    }

    @Test
    void onlyWhoIsOfflineHasATimeToExpire() {
        assertThat(Liveness.of(record(new SessionRecord.Online()), Liveness.State.ONLINE, "hello", 12)
                        .until())
                .isZero();
        assertThat(Liveness.of(record(new SessionRecord.Offline("closed", 10, 130)), Liveness.State.OFFLINE, "", 12)
                        .until())
                .isEqualTo(130);
    }

    @Test
    void itHoldsNothingThatASessionCouldBeResumedWith() throws Exception {
        Liveness news = Liveness.of(record(new SessionRecord.Online()), Liveness.State.ONLINE, "hello", 12);
        assertThat(published(news).encode()).doesNotContain("hash-of-secret");
    }

    @Test
    void aStateThatIsNotKnownIsRefusedByName() throws Exception {
        JsonObject json = published(Liveness.of(record(new SessionRecord.Online()), Liveness.State.GONE, "expired", 1))
                .put("state", "asleep");
        assertThatIllegalArgumentException().isThrownBy(() -> Liveness.of(json)).withMessageContaining("asleep");
    }

    private static SessionRecord record(SessionRecord.Link link) {
        return new SessionRecord(
                "s",
                new User("ann", "Ann"),
                "hash-of-secret",
                "n",
                3,
                link,
                Map.of("c", VIEWS, "a", VIEWS, "b", VIEWS),
                Roles.EDIT_ALL);
    }

    private static JsonObject published(Liveness news) throws Exception {
        CompletableFuture<JsonObject> heard = new CompletableFuture<>();
        var consumer =
                vertx.eventBus().<JsonObject>consumer(Liveness.ADDRESS, message -> heard.complete(message.body()));
        vertx.eventBus().publish(Liveness.ADDRESS, news.toJson());
        JsonObject json = heard.get(10, TimeUnit.SECONDS);
        consumer.unregister().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        return json;
    }
}
