package dev.baton.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Json;
import dev.baton.protocol.Member;
import dev.baton.protocol.Mode;
import dev.baton.protocol.RightsState;
import dev.baton.protocol.User;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A change of the lock is told to those for whom something is new, in frames whose size does not depend on the crowd.
 */
class RightsToldTest {
    private static final Member HOLDER = new Member("s-holder", new User("h", "H"), Mode.EDIT, 0, true);

    private final RightsTold told = new RightsTold();

    private static List<String> queue(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> String.format("s-%012d", i))
                .toList();
    }

    private static RightsState rights(long epoch, Member holder, List<String> queue) {
        return new RightsState("doc", epoch, Optional.of(holder), OptionalLong.empty(), queue, "joined");
    }

    private static Member holder(String session) {
        return new Member(session, new User("h", "H"), Mode.EDIT, 0, true);
    }

    /** The bytes of all frames when all of them are looked at, and how many frames that are. */
    private long[] tell(RightsState rights, List<String> all, boolean count) {
        told.stands(rights, OptionalLong.empty());
        long bytes = 0;
        long frames = 0;
        for (String session : all) {
            Optional<String> frame = told.frame(session, count);
            bytes += frame.map(Json::bytes).orElse(0L);
            frames += frame.isPresent() ? 1 : 0;
        }
        return new long[] {bytes, frames};
    }

    /** One hand-over to the next of so many who wait, all of whom move up. */
    private long handOver(int waiting) {
        List<String> all = queue(0, waiting);
        tell(rights(1, HOLDER, all), all, false);
        return tell(rights(2, holder(all.get(0)), all.subList(1, waiting)), all, false)[0];
    }

    @Test
    void aHandOverBeforeTwiceAsManyCostsTwiceAsManyBytes() {
        long few = handOver(200);
        long many = handOver(400);
        System.out.println("hand-over: 200 waiting " + few + " bytes, 400 waiting " + many + " bytes");
        assertThat((double) many / few).isBetween(1.9, 2.1);
        assertThat(few / 200).as("bytes a member").isLessThan(1_500);
    }

    /** So many come one after another to wait, each told of by itself. */
    private long arrivals(int count) {
        List<String> all = new ArrayList<>(List.of(HOLDER.session()));
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            List<String> waiting = queue(0, i + 1);
            told.stands(rights(1, HOLDER, waiting), OptionalLong.empty());
            for (String session : all) {
                bytes += told.frame(session, false).map(Json::bytes).orElse(0L);
            }
            String fresh = waiting.get(i);
            told.knows(fresh);
            all.add(fresh);
        }
        return bytes;
    }

    @Test
    void whoComesBehindTheFirstFiftyCostsTheOthersNothing() {
        long few = arrivals(200);
        long many = arrivals(400);
        System.out.println("arrivals one by one: 200 " + few + " bytes, 400 " + many + " bytes");
        assertThat(many).as("all of it is about the first fifty").isEqualTo(few);
    }

    @Test
    void howManyWaitIsToldByItselfNowAndThen() {
        List<String> all = queue(0, 100);
        tell(rights(1, HOLDER, all), all, false);
        RightsState more = rights(1, HOLDER, queue(0, 101));
        assertThat(tell(more, all, false)[1]).isZero();
        assertThat(told.owes()).isTrue();
        assertThat(tell(more, all, true)[1]).isEqualTo(100);
        assertThat(told.owes()).isFalse();
        assertThat(tell(more, all, true)[1]).isZero();
    }

    @Test
    void whoLeavesTheLineConcernsThoseBehind() {
        List<String> all = queue(0, 100);
        tell(rights(1, HOLDER, all), all, false);
        List<String> without = new ArrayList<>(all);
        without.remove(70);
        List<String> others = List.copyOf(without);
        assertThat(tell(rights(1, HOLDER, without), others, false)[1]).isEqualTo(29);
    }

    @Test
    void thoseWhoDoNotWaitShareOneFrame() {
        told.stands(rights(1, HOLDER, queue(0, 3)), OptionalLong.empty());
        String one = told.frame("s-viewer", false).orElseThrow();
        assertThat(told.frame("s-other", false).orElseThrow()).isSameAs(one);
        assertThat(new JsonObject(one).getString("you")).isEqualTo("viewer");
        assertThat(new JsonObject(one).fieldNames()).doesNotContain("position");
    }

    @Test
    void whoseConnectionIsAnotherOneIsToldAgain() {
        told.stands(rights(1, HOLDER, queue(0, 3)), OptionalLong.empty());
        told.knows("s-viewer");
        assertThat(told.frame("s-viewer", false)).isEmpty();
        told.forget("s-viewer");
        assertThat(told.frame("s-viewer", false)).isPresent();
    }

    @Test
    void aReservationThatIsProlongedIsNews() {
        RightsState away = rights(1, HOLDER.present(false), List.of());
        told.stands(away, OptionalLong.of(3_000));
        told.knows("s-viewer");
        told.stands(away, OptionalLong.of(3_000));
        assertThat(told.frame("s-viewer", false)).isEmpty();
        told.stands(away, OptionalLong.of(4_000));
        assertThat(told.frame("s-viewer", false)).isPresent();
    }
}
