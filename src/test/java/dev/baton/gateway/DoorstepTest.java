package dev.baton.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoorstepTest {
    private static final String ONE = "198.51.100.1";
    private static final String OTHER = "198.51.100.2";
    private static final int RATE = 10;
    private static final int BURST = Strangers.BURST * RATE;
    private static final long PATIENCE = 10_000;
    private static final long START = 1_000;
    private static final long BRIEF = Strangers.BRIEF.toMillis();

    private final Debts debts = new Debts(RATE, 2 * BURST);
    private final Strangers strangers = new Strangers(RATE, debts, START);
    private final LimitCounts counts = new LimitCounts();
    private final Doorstep doorstep = new Doorstep(Duration.ofMillis(PATIENCE), 500, strangers, counts);

    private static final class Somebody implements Doorstep.Caller {
        private final String address;
        private boolean heard = true;
        private boolean open = true;
        private Runnable over = () -> {};

        private Somebody(String address) {
            this.address = address;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public void listen(boolean on) {
            heard = on;
        }

        @Override
        public void close() {
            open = false;
            over.run();
        }

        @Override
        public void onClose(Runnable run) {
            over = run;
        }
    }

    private List<Somebody> come(int many, long now) {
        return come(many, ONE, now);
    }

    private List<Somebody> come(int many, String address, long now) {
        List<Somebody> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Somebody one = new Somebody(address);
            doorstep.came(one, now);
            all.add(one);
        }
        return all;
    }

    private static long heard(List<Somebody> all) {
        return all.stream().filter(one -> one.heard).count();
    }

    @Test
    void aCrowdIsListenedToAsFarAsTheBurstGoesAndThenSoManyASecond() {
        List<Somebody> crowd = come(200, START);
        assertThat(heard(crowd)).isEqualTo(BURST);
        assertThat(doorstep.waiting()).isEqualTo(150);
        assertThat(counts.of(Limit.STRANGERS)).isEqualTo(150);

        doorstep.open(START + 1_000);
        assertThat(heard(crowd)).isEqualTo(BURST + RATE);
        doorstep.open(START + 3_000);
        assertThat(heard(crowd)).isEqualTo(BURST + 3 * RATE);
        assertThat(doorstep.size()).isEqualTo(200);
    }

    @Test
    void theNewestOfThoseWhoWaitIsNext() {
        List<Somebody> crowd = come(BURST + 3, START);
        doorstep.open(START + 1_000 / RATE);
        assertThat(crowd.get(BURST + 2).heard).isTrue();
        assertThat(crowd.get(BURST + 1).heard).isFalse();

        Somebody late = come(1, START + 2_000 / RATE).get(0);
        assertThat(late.heard).isTrue();
        assertThat(crowd.get(BURST + 1).heard).isFalse();
    }

    @Test
    void aCrowdOfOneAddressDelaysItselfAndNotTheOthers() {
        List<Somebody> crowd = come(200, ONE, START);
        List<Somebody> others = come(RATE, OTHER, START);
        assertThat(heard(others)).isZero();

        doorstep.open(START + 1_000);

        assertThat(heard(others)).isEqualTo(RATE);
        assertThat(heard(crowd)).isEqualTo(BURST);
        Somebody late = come(1, OTHER, START + 1_000 + 1_000 / RATE).get(0);
        assertThat(late.heard).as("before all who wait there").isTrue();
    }

    @Test
    void aClientWithoutDebtsPassesThoseOfItsProxyWhoHaveSome() {
        for (int i = 0; i < BURST; i++) {
            assertThat(strangers.identified(ONE, BURST, START)).isTrue();
        }
        assertThat(strangers.identified(ONE, BURST, START)).isFalse();
        assertThat(strangers.identified(OTHER, BURST, START)).isTrue();
        strangers.proven(ONE, START);
        assertThat(strangers.identified(ONE, BURST, START)).isTrue();
        assertThat(strangers.identified(ONE, BURST, START + 1_000 / RATE))
                .as("one is forgiven")
                .isTrue();
    }

    @Test
    void debtsAreForgivenAndForgotten() {
        for (int i = 0; i < 10_000; i++) {
            debts.charge("address-" + i, START);
            debts.charge(ONE, START);
        }
        assertThat(debts.of(ONE, START)).as("what is remembered is bounded").isEqualTo(2 * BURST);
        assertThat(debts.of(ONE, START + 1_000)).isEqualTo(2 * BURST - RATE);
        assertThat(debts.of(ONE, START + 60_000)).isZero();
        for (int i = 0; i < 2_000; i++) {
            debts.charge(OTHER, START + 60_000);
        }
        assertThat(debts.addresses()).isEqualTo(1);
    }

    @Test
    void whoIsWelcomedMakesRoomForAnother() {
        List<Somebody> herd = come(200, START);
        for (int round = 1; round < 4; round++) {
            assertThat(heard(herd)).isEqualTo((long) round * BURST);
            for (int welcomed = 0; welcomed < BURST; welcomed++) {
                strangers.proven(ONE, START);
            }
            doorstep.open(START);
        }
        assertThat(heard(herd)).isEqualTo(200);
    }

    @Test
    void whoIsGivenAPageMakesRoomOnceHoweverMuchItReads() {
        List<Somebody> crowd = come(BURST + 2, START);
        doorstep.asked(crowd.get(0), START);
        doorstep.served(crowd.get(0), START);
        doorstep.served(crowd.get(0), START);
        doorstep.open(START);
        assertThat(heard(crowd)).isEqualTo(BURST + 1);
    }

    @Test
    void whoIsGoneSoonAfterTheWelcomeCountsAgainAndWhoStayedDoesNot() {
        come(BURST, START);
        strangers.proven(ONE, START);
        strangers.gone(ONE, START - BRIEF, START);
        assertThat(heard(come(1, START))).isEqualTo(1);

        strangers.proven(ONE, START);
        strangers.gone(ONE, START - BRIEF + 1, START);
        assertThat(heard(come(1, START))).isZero();
    }

    @Test
    void nothingIsOwedForWhatWasNotThereAnyMore() {
        come(BURST, START);
        for (int i = 0; i < 10 * BURST; i++) {
            strangers.gone(ONE, START, START);
        }
        assertThat(heard(come(1, START + 1_000 / RATE))).isEqualTo(1);
    }

    @Test
    void whoLeavesWhileWaitingIsNotLetInAndNotKept() {
        List<Somebody> crowd = come(BURST + 10, START);
        crowd.subList(BURST, BURST + 9).forEach(Somebody::close);
        assertThat(doorstep.waiting()).isEqualTo(1);
        doorstep.open(START + 1_000);
        assertThat(crowd.get(BURST + 9).heard).isTrue();
        assertThat(doorstep.waiting()).isZero();
        crowd.forEach(Somebody::close);
        assertThat(doorstep.size()).isZero();
    }

    @Test
    void whoWaitedTooLongIsClosed() {
        List<Somebody> crowd = come(BURST + 1, START);
        doorstep.tick(START + Doorstep.OUTSIDE - 1);
        assertThat(crowd.get(BURST).open).isTrue();
        doorstep.tick(START + Doorstep.OUTSIDE);
        assertThat(crowd.get(BURST).open).isFalse();
        assertThat(doorstep.size()).isZero();
    }

    @Test
    void theTimeToSendARequestBeginsWhenItIsListenedTo() {
        List<Somebody> crowd = come(BURST + 1, START);
        long in = START + 9_000;
        doorstep.open(in);
        doorstep.tick(in + PATIENCE - 1);
        assertThat(crowd.get(0).open).isFalse();
        assertThat(crowd.get(BURST).open).isTrue();
        assertThat(counts.of(Limit.HANDSHAKE_TIME)).isEqualTo(BURST);
        doorstep.tick(in + PATIENCE);
        assertThat(crowd.get(BURST).open).isFalse();
    }

    @Test
    void moreThanThereMayBeAreClosedAtOnce() {
        List<Somebody> crowd = come(501, START);
        assertThat(crowd.get(499).open).isTrue();
        assertThat(crowd.get(500).open).isFalse();
        assertThat(counts.of(Limit.SOCKETS)).isEqualTo(1);
        assertThat(doorstep.size()).isEqualTo(500);
    }
}
