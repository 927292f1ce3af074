package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.ErrorCode;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Rooms are there for as long as their node is, and no longer. */
class RoomRegistryTest {

    @Test
    void whoComesWhenTheNodeIsEndingIsRefusedAndOpensNoRoom() {
        RoomRegistry rooms = new RoomRegistry(document -> {
            throw new AssertionError("opened " + document);
        });
        assertThat(rooms.end().succeeded()).isTrue();

        Future<String> late = rooms.in("notes", room -> Future.succeededFuture("in"));

        assertThat(late.cause()).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.BUSY);
            assertThat(refusal.retry()).isPresent();
        });
        assertThat(rooms.missing("notes")).isTrue();
        assertThat(rooms.all()).isEmpty();
    }
}
