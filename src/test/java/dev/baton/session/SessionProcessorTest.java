package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.auth.Roles;
import dev.baton.protocol.Mode;
import dev.baton.protocol.User;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What happens to a session's record, and who learns of it. */
class SessionProcessorTest {
    private static final ResumeSecret SECRET = new ResumeSecret("s", "s.hush");
    private static final long EXPIRY = 120_000;
    private static final long LINGERS = 10_000;
    private static final Standing EDITS = new Standing(Mode.EDIT, 5);

    private static long attempts;

    private final Map.Entry<String, SessionRecord> entry = new AbstractMap.SimpleEntry<>(
            "s",
            new SessionRecord(
                    "s",
                    new User("ann", "Ann"),
                    SECRET.hash(),
                    "a",
                    1,
                    new SessionRecord.Online(),
                    Map.of("d", EDITS),
                    Roles.EDIT_ALL));

    // ---- losing ---------------------------------------------------------------------------------------------------

    @Test
    void whoeverTellsOfALossFirstIsTheOnlyOneToHaveToldOfIt() {
        Optional<SessionRecord> first = lose(1, "closed", 100);
        Optional<SessionRecord> second = lose(1, "timeout", 101);
        Optional<SessionRecord> third = lose(1, "node-lost", 102);
        assertThat(first).isPresent();
        assertThat(second).isEmpty();
        assertThat(third).isEmpty();
        assertThat(entry.getValue().link()).isEqualTo(new SessionRecord.Offline("closed", 100, 100 + EXPIRY));
    }

    @Test
    void eachLossHasItsOwnTelling() {
        assertThat(lose(1, "closed", 100)).isPresent();
        assertThat(resume("b", 200)).isPresent();
        assertThat(lose(2, "timeout", 300)).isPresent();
    }

    @Test
    void theLossOfAnEarlierConnectionIsNoLoss() {
        assertThat(resume("b", 50)).isPresent();
        assertThat(lose(1, "closed", 100)).isEmpty();
        assertThat(entry.getValue().online()).isTrue();
    }

    @Test
    void anOfflineSessionKeepsItsDocuments() {
        assertThat(lose(1, "closed", 100).orElseThrow().documents()).isEqualTo(Map.of("d", EDITS));
    }

    // ---- putting back ---------------------------------------------------------------------------------------------

    @Test
    void aRecordThatWasLostIsPutBackAndOneOfAnEarlierConnectionIsReplaced() {
        SessionRecord first = entry.getValue();
        resume("b", 200);
        SessionRecord second = entry.getValue();
        entry.setValue(first);
        assertThat(process(new SessionEvent.Restore(second), 300).after()).contains(second);
        assertThat(process(new SessionEvent.Restore(first), 301).after()).isEmpty();
        assertThat(entry.getValue()).isEqualTo(second);
        entry.setValue(null);
        assertThat(process(new SessionEvent.Restore(first), 302).after()).contains(first);
        assertThat(entry.getValue()).isEqualTo(first);
    }

    @Test
    void onlyOneAdoptsASessionThatTheClusterHasForgotten() {
        SessionRecord known = entry.getValue();
        assertThat(process(new SessionEvent.Adopt(known), 100).after()).isEmpty();
        entry.setValue(null);
        assertThat(process(new SessionEvent.Adopt(known), 200).after()).contains(known);
        assertThat(process(new SessionEvent.Adopt(known), 201).after()).isEmpty();
    }

    // ---- resuming -------------------------------------------------------------------------------------------------

    @Test
    void theSecretBringsTheSessionBackOnAnyNode() {
        lose(1, "closed", 100);
        SessionRecord back = resume("b", 200).orElseThrow();
        assertThat(back.online()).isTrue();
        assertThat(back.node()).isEqualTo("b");
        assertThat(back.generation()).isEqualTo(2);
        assertThat(back.documents()).isEqualTo(Map.of("d", EDITS));
        assertThat(entry.getValue()).isEqualTo(back);
    }

    @Test
    void aSessionStillConnectedCanBeTakenOverAndTheOldConnectionIsNamed() {
        SessionProcessor.Outcome outcome = process(
                new SessionEvent.Resume(SECRET.hash(), SessionEvent.Resume.ANY_USER, "b", Roles.EDIT_ALL, ++attempts),
                50);
        assertThat(outcome.before().orElseThrow().node()).isEqualTo("a");
        assertThat(outcome.before().orElseThrow().generation()).isEqualTo(1);
        assertThat(outcome.after().orElseThrow().generation()).isEqualTo(2);
    }

    @Test
    void aWrongSecretBringsNothingBack() {
        SessionRecord before = entry.getValue();
        String wrong = new ResumeSecret("s", "s.other").hash();
        assertThat(process(
                                new SessionEvent.Resume(
                                        wrong, SessionEvent.Resume.ANY_USER, "b", Roles.EDIT_ALL, ++attempts),
                                50)
                        .after())
                .isEmpty();
        assertThat(entry.getValue()).isEqualTo(before);
    }

    @Test
    void anotherUserMayNotEvenWithTheSecret() {
        assertThat(process(new SessionEvent.Resume(SECRET.hash(), "ben", "b", Roles.EDIT_ALL, ++attempts), 50)
                        .after())
                .isEmpty();
        assertThat(process(new SessionEvent.Resume(SECRET.hash(), "ann", "b", Roles.EDIT_ALL, ++attempts), 50)
                        .after())
                .isPresent();
    }

    @Test
    void untilItExpiresItCanBeResumedAndNotAMomentLonger() {
        lose(1, "closed", 100);
        assertThat(resume("b", 100 + EXPIRY)).isEmpty();
        assertThat(resume("b", 100 + EXPIRY - 1)).isPresent();
    }

    // ---- expiring -------------------------------------------------------------------------------------------------

    @Test
    void whatHasExpiredIsGoneOnceAndForAll() {
        lose(1, "closed", 100);
        assertThat(process(new SessionEvent.Expire(), 100 + EXPIRY - 1).after()).isEmpty();
        assertThat(process(new SessionEvent.Expire(), 100 + EXPIRY).after()).isPresent();
        assertThat(entry.getValue()).isNull();
        assertThat(process(new SessionEvent.Expire(), 100 + EXPIRY).after()).isEmpty();
        assertThat(resume("b", 100)).isEmpty();
    }

    @Test
    void whoeverIsConnectedDoesNotExpire() {
        assertThat(process(new SessionEvent.Expire(), Long.MAX_VALUE).after()).isEmpty();
        assertThat(entry.getValue()).isNotNull();
    }

    // ---- documents ------------------------------------------------------------------------------------------------

    @Test
    void documentsAreEnteredAndLeft() {
        Standing views = new Standing(Mode.VIEW, 9);
        assertThat(process(new SessionEvent.Enter(1, "e", views), 50).after()).isPresent();
        assertThat(entry.getValue().documents()).isEqualTo(Map.of("d", EDITS, "e", views));
        assertThat(process(new SessionEvent.Exit(1, "d"), 60).after()).isPresent();
        assertThat(entry.getValue().documents()).isEqualTo(Map.of("e", views));
        assertThat(process(new SessionEvent.Exit(1, "d"), 70).after()).isEmpty();
    }

    @Test
    void anEarlierConnectionNeitherEntersNorLeaves() {
        resume("b", 50);
        assertThat(process(new SessionEvent.Enter(1, "e", EDITS), 60).after()).isEmpty();
        assertThat(process(new SessionEvent.Exit(1, "d"), 60).after()).isEmpty();
        assertThat(entry.getValue().documents()).isEqualTo(Map.of("d", EDITS));
    }

    @Test
    void nothingHappensToASessionThatIsNotThere() {
        Map.Entry<String, SessionRecord> none = new AbstractMap.SimpleEntry<>("x", null);
        assertThat(events().map(event -> new SessionProcessor(event, 50).process(none)))
                .allMatch(outcome -> outcome.change().isEmpty());
        assertThat(none.getValue()).isNull();
    }

    @Test
    void theBackupComesToTheSameRecord() {
        events().forEach(event -> {
            Map.Entry<String, SessionRecord> backup = new AbstractMap.SimpleEntry<>("s", entry.getValue());
            SessionProcessor processor = new SessionProcessor(event, 50);
            processor.process(entry);
            processor.getBackupProcessor().process(backup);
            assertThat(backup.getValue()).isEqualTo(entry.getValue());
        });
    }

    // ---- discretion -----------------------------------------------------------------------------------------------

    @Test
    void noTextShowsASecretOrItsHash() {
        SessionEvent resume = new SessionEvent.Resume(SECRET.hash(), "ann", "b", Roles.EDIT_ALL, ++attempts);
        Sessions.Connected connected = new Sessions.Connected(entry.getValue(), SECRET, false);
        Stream.of(entry.getValue(), resume, new SessionProcessor(resume, 50), connected, process(resume, 50))
                .map(Object::toString)
                .forEach(text -> assertThat(text).doesNotContain(SECRET.hash()).doesNotContain("hush"));
    }

    private static Stream<SessionEvent> events() {
        return List.<SessionEvent>of(
                new SessionEvent.Enter(1, "e", EDITS),
                new SessionEvent.Exit(1, "d"),
                new SessionEvent.Lose(1, "closed", 0, EXPIRY),
                new SessionEvent.Resume(SECRET.hash(), "ann", "b", Roles.EDIT_ALL, ++attempts),
                new SessionEvent.Remove(LINGERS),
                new SessionEvent.Expire())
                .stream();
    }

    // ---- removing -------------------------------------------------------------------------------------------------

    @Test
    void aRemovedSessionIsToldOfOnceAndKeepsItsDocumentsForThoseWhoMustForgetIt() {
        SessionRecord removed = remove(100).orElseThrow();
        assertThat(removed.ended()).isTrue();
        assertThat(removed.online()).isFalse();
        assertThat(removed.documents()).isEqualTo(Map.of("d", EDITS));
        assertThat(remove(101)).isEmpty();
        assertThat(lose(1, "closed", 102)).isEmpty();
    }

    @Test
    void aRemovedSessionIsNotTakenUpAgainAndEntersNothing() {
        remove(100);
        assertThat(resume("b", 101)).isEmpty();
        assertThat(process(new SessionEvent.Enter(1, "e", EDITS), 101).after()).isEmpty();
    }

    @Test
    void anOfflineSessionCanBeRemovedToo() {
        lose(1, "closed", 50);
        assertThat(remove(100)).isPresent();
        assertThat(resume("b", 101)).isEmpty();
    }

    @Test
    void aRemovedSessionsRecordGoesWhenItHasLingered() {
        remove(100);
        assertThat(process(new SessionEvent.Expire(), 100 + LINGERS - 1).after())
                .isEmpty();
        assertThat(process(new SessionEvent.Expire(), 100 + LINGERS).after()).isPresent();
        assertThat(entry.getValue()).isNull();
    }

    private Optional<SessionRecord> remove(long now) {
        return process(new SessionEvent.Remove(LINGERS), now).after();
    }

    private SessionProcessor.Outcome process(SessionEvent event, long now) {
        return new SessionProcessor(event, now).process(entry);
    }

    @Test
    void theSameAttemptToResumeTwiceIsOneConnection() {
        SessionEvent attempt =
                new SessionEvent.Resume(SECRET.hash(), SessionEvent.Resume.ANY_USER, "b", Roles.EDIT_ALL, 77);
        long generation = process(attempt, 50).after().orElseThrow().generation();
        assertThat(process(attempt, 50).after().orElseThrow().generation()).isEqualTo(generation);
        assertThat(resume("c", 60).orElseThrow().generation()).isEqualTo(generation + 1);
        assertThat(process(attempt, 50).change()).as("late, after another one").isEmpty();
        assertThat(entry.getValue().node()).isEqualTo("c");
    }

    // ---- leaving --------------------------------------------------------------------------------------------------

    @Test
    void aSessionThatItsClientEndedIsNotResumedAndNotPutBack() {
        SessionRecord before = entry.getValue();
        SessionRecord left =
                process(new SessionEvent.Leave(1, LINGERS), 100).after().orElseThrow();
        assertThat(left.lostBy()).contains(SessionRecord.LEFT);
        assertThat(left.documents()).as("for those who are told").isEqualTo(before.documents());
        assertThat(resume("b", 200)).isEmpty();
        assertThat(lose(1, "closed", 200)).isEmpty();
        assertThat(process(new SessionEvent.Restore(before), 300).after()).isEmpty();
        assertThat(process(new SessionEvent.Leave(1, LINGERS), 300).after()).isEmpty();
        assertThat(process(new SessionEvent.Expire(), 100 + LINGERS).after()).isPresent();
        assertThat(entry.getValue()).isNull();
    }

    @Test
    void anEarlierConnectionDoesNotEndTheSession() {
        resume("b", 50);
        assertThat(process(new SessionEvent.Leave(1, LINGERS), 100).after()).isEmpty();
        assertThat(entry.getValue().online()).isTrue();
    }

    private Optional<SessionRecord> lose(long generation, String cause, long now) {
        return process(new SessionEvent.Lose(generation, cause, now, EXPIRY), now)
                .after();
    }

    private Optional<SessionRecord> resume(String node, long now) {
        return process(
                        new SessionEvent.Resume(
                                SECRET.hash(), SessionEvent.Resume.ANY_USER, node, Roles.EDIT_ALL, ++attempts),
                        now)
                .after();
    }
}
