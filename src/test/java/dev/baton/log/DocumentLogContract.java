package dev.baton.log;

import static dev.baton.log.Futures.all;
import static dev.baton.log.Futures.failure;
import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import dev.baton.log.AppendResult.Reused;
import dev.baton.log.ClaimResult.Granted;
import dev.baton.log.ClaimResult.Refused;
import dev.baton.log.LogException.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store must hold to. Each test has two nodes on one store that is empty at first. */
abstract class DocumentLogContract {
    private static final Tenant ANN = new Tenant("ann", "{\"id\":\"1\",\"name\":\"Ann\"}", "hash of a secret");
    private static final Tenant BEN = new Tenant("ben", "{\"id\":\"2\",\"name\":\"Ben\"}", "");
    private static final String DOC = "notes/one";
    private static final Signature SIGNED = new Signature(0, 60_000, true, "here", "cluster a");
    private static final Signature IN_DOUBT = new Signature(0, 60_000, false, "here", "cluster a");
    private static final long NOW = System.currentTimeMillis();

    private static Vertx vertx;

    private final List<DocumentLog> opened = new ArrayList<>();
    private DocumentLog log;
    private DocumentLog other;

    /** Of an empty store, the same ones within a test. */
    abstract LogSettings settings() throws Exception;

    /** Of a second store, which nobody opened yet. */
    abstract LogSettings untouched() throws SQLException;

    /** Keeps every writer of the store waiting until it is closed. */
    abstract AutoCloseable holdUp() throws SQLException;

    /** Makes the store raise an error for each entry with this data. */
    abstract void poison(String data) throws SQLException;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        get(vertx.close());
    }

    @BeforeEach
    void openTwoNodes() throws Exception {
        log = open(settings());
        other = open(settings());
    }

    @AfterEach
    void closeNodes() {
        opened.forEach(node -> get(node.close()));
    }

    DocumentLog open(LogSettings settings) {
        DocumentLog node = get(DocumentLogs.open(vertx, settings));
        opened.add(node);
        return node;
    }

    // ---- the store

    @Test
    void the_store_has_one_id_for_all_its_nodes_and_keeps_it() throws Exception {
        assertThat(log.id()).isNotBlank().isEqualTo(other.id());
        get(log.close());
        assertThat(open(settings()).id()).isEqualTo(other.id());
    }

    @Test
    void nodes_that_start_at_once_on_a_new_store_agree_on_it() throws Exception {
        LogSettings settings = untouched();
        List<Future<DocumentLog>> starting = IntStream.range(0, 6)
                .mapToObj(i -> DocumentLogs.open(vertx, settings))
                .toList();
        List<DocumentLog> nodes = all(starting);
        opened.addAll(nodes);
        assertThat(nodes).extracting(DocumentLog::id).containsOnly(nodes.get(0).id());
        assertThat(nodes.get(0).id()).isNotEqualTo(log.id());
        for (DocumentLog node : nodes) {
            message(node, "cid", "op", "1");
        }
        assertThat(get(nodes.get(0).state(DOC)).head()).isEqualTo(1);
        assertThat(get(log.state(DOC)).head()).isZero();
    }

    @Test
    void a_document_nobody_wrote_to_is_untouched() {
        assertThat(get(log.state(DOC))).isEqualTo(new DocumentState(DOC, 0, Optional.empty(), 0, 0));
        assertThat(get(log.read(DOC, 0, 10))).isEmpty();
        Opening opening = get(log.open(DOC, OptionalLong.empty(), Optional.empty()));
        assertThat(opening.entries()).isEmpty();
        assertThat(opening.snapshot()).isEmpty();
        assertThat(opening.more()).isFalse();
        assertThat(opening.last()).isZero();
    }

    // ---- who may write

    @Test
    void a_claim_raises_the_epoch_by_one_and_is_an_entry_of_the_log() {
        Granted first = claim(log, 0, ANN);
        assertThat(first.epoch()).isEqualTo(1);
        assertThat(first.again()).isFalse();
        Granted second = claim(other, 1, BEN);
        assertThat(second.epoch()).isEqualTo(2);

        assertThat(get(log.state(DOC))).isEqualTo(new DocumentState(DOC, 2, Optional.of(BEN), 2, 0));
        List<Entry> entries = get(log.read(DOC, 0, 10));
        assertThat(entries).containsExactly(first.entry(), second.entry());
        Entry moved = entries.get(1);
        assertThat(moved.kind()).isEqualTo(Kind.RIGHTS);
        assertThat(moved.epoch()).isEqualTo(2);
        assertThat(moved.session()).isEqualTo("ben");
        assertThat(moved.user()).isEqualTo(BEN.user());
        assertThat(new JsonObject(moved.data()))
                .isEqualTo(new JsonObject().put("from", "ann").put("to", "ben").put("cause", "test"));
        assertThat(new JsonObject(entries.get(0).data()).getValue("from")).isNull();
    }

    @Test
    void a_claim_that_expects_another_epoch_is_refused_with_the_current_one_and_its_holder() {
        claim(log, 0, ANN);
        assertThat(get(other.claim(new Claim(DOC, 0, BEN, "test", NOW)))).isEqualTo(new Refused(1, Optional.of(ANN)));
        assertThat(get(other.claim(new Claim(DOC, 7, BEN, "test", NOW)))).isEqualTo(new Refused(1, Optional.of(ANN)));
        assertThat(get(other.claim(new Claim("other", 7, BEN, "test", NOW))))
                .isEqualTo(new Refused(0, Optional.empty()));
        assertThat(get(log.state(DOC)).head()).isEqualTo(1);
    }

    @Test
    void the_same_claim_again_through_any_node_gets_the_first_answer() {
        Granted first = claim(log, 0, ANN);
        update(log, 1, "ann", "a", "1");
        assertThat(claim(log, 0, ANN)).isEqualTo(new Granted(1, first.entry(), true));
        assertThat(claim(other, 0, ANN)).isEqualTo(new Granted(1, first.entry(), true));
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);

        claim(log, 1, BEN);
        assertThat(get(log.claim(new Claim(DOC, 0, ANN, "test", NOW)))).isEqualTo(new Refused(2, Optional.of(BEN)));
    }

    @Test
    void a_claim_is_the_same_whether_it_is_committed_alone_or_with_other_writes() {
        Tenant odd = new Tenant("c\"i\\d", "{\"name\":\"O'Neil\"}", "k'");
        claim(log, 0, odd);
        Granted alone = claim(log, 1, ANN);
        claim(log, 2, odd);
        List<Future<AppendResult>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(log.append(messageOf("cid", "m" + i, "1")));
        }
        Granted together = claim(log, 3, ANN);
        all(others);

        Entry first = alone.entry();
        Entry second = together.entry();
        assertThat(first).isEqualTo(new Entry(2, Kind.RIGHTS, 2, ANN.session(), ANN.user(), "", NOW, second.data()));
        assertThat(new JsonObject(first.data()).getString("from")).isEqualTo(odd.session());
        assertThat(get(other.read(DOC, first.seq() - 1, 1))).containsExactly(first);
        assertThat(get(other.read(DOC, second.seq() - 1, 1))).containsExactly(second);
        assertThat(get(other.state(DOC)).holder()).contains(ANN);
        assertThat(claim(other, 3, ANN)).isEqualTo(new Granted(4, second, true));
    }

    @Test
    void of_concurrent_claims_exactly_one_wins() {
        for (int epoch = 0; epoch < 20; epoch++) {
            List<Future<ClaimResult>> claims = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                DocumentLog node = i % 2 == 0 ? log : other;
                Tenant claimant = new Tenant("session-" + epoch + "-" + i, "{}", "");
                claims.add(node.claim(new Claim(DOC, epoch, claimant, "test", NOW)));
            }
            List<ClaimResult> results = all(claims);
            assertThat(results).filteredOn(Granted.class::isInstance).hasSize(1);
            long now = epoch + 1L;
            assertThat(results)
                    .filteredOn(Refused.class::isInstance)
                    .allMatch(refused -> ((Refused) refused).epoch() == now);
        }
        assertThat(get(log.state(DOC)).epoch()).isEqualTo(20);
        assertThat(get(log.state(DOC)).head()).isEqualTo(20);
    }

    @Test
    void a_vacated_document_keeps_its_epoch_and_fences_the_old_holder() {
        claim(log, 0, ANN);
        assertThat(get(other.vacate(DOC, 1, "ben", "test", NOW)))
                .isEqualTo(new VacateResult.Fenced(1, Optional.of(ANN)));
        assertThat(get(other.vacate(DOC, 2, "ann", "test", NOW)))
                .isEqualTo(new VacateResult.Fenced(1, Optional.of(ANN)));

        VacateResult.Vacated vacated = (VacateResult.Vacated) get(other.vacate(DOC, 1, "ann", "expired", NOW));
        assertThat(vacated.again()).isFalse();
        assertThat(vacated.entry().kind()).isEqualTo(Kind.RIGHTS);
        assertThat(vacated.entry().session()).isEqualTo("ann");
        assertThat(new JsonObject(vacated.entry().data()))
                .isEqualTo(new JsonObject().put("from", "ann").putNull("to").put("cause", "expired"));
        assertThat(get(log.state(DOC))).isEqualTo(new DocumentState(DOC, 1, Optional.empty(), 2, 0));
        assertThat(get(log.vacate(DOC, 1, "ann", "expired", NOW + 1)))
                .isEqualTo(new VacateResult.Vacated(vacated.entry(), true));

        assertThat(get(log.append(updateOf(1, "ann", "late", "1"))))
                .isEqualTo(new AppendResult.Fenced(1, Optional.empty()));
        assertThat(get(log.claim(new Claim(DOC, 0, ANN, "test", NOW)))).isEqualTo(new Refused(1, Optional.empty()));
        assertThat(claim(log, 1, ANN).epoch()).isEqualTo(2);
        assertThat(get(log.vacate("unknown", 0, "ann", "test", NOW)))
                .isEqualTo(new VacateResult.Fenced(0, Optional.empty()));
    }

    @Test
    void the_documents_a_session_holds_are_found_with_what_it_left_to_resume_by() throws Exception {
        claim(log, 0, ANN);
        get(log.claim(new Claim("b", 0, ANN, "test", NOW)));
        get(log.claim(new Claim("a", 0, ANN, "test", NOW)));
        get(log.claim(new Claim("c", 0, BEN, "test", NOW)));
        get(log.vacate("b", 1, "ann", "test", NOW));
        get(log.close());
        get(other.close());
        DocumentLog restarted = open(settings());
        List<DocumentState> held = get(restarted.heldBy("ann"));
        assertThat(held).extracting(DocumentState::document).containsExactly("a", DOC);
        assertThat(held).extracting(DocumentState::holder).containsOnly(Optional.of(ANN));
        assertThat(get(restarted.heldBy("nobody"))).isEmpty();
    }

    // ---- what is written

    @Test
    void an_update_is_written_only_under_the_current_epoch_by_its_holder() {
        assertThat(get(log.append(updateOf(0, "ann", "early", "1"))))
                .isEqualTo(new AppendResult.Fenced(0, Optional.empty()));
        claim(log, 0, ANN);
        claim(log, 1, BEN);
        AppendResult fenced = new AppendResult.Fenced(2, Optional.of(BEN));
        assertThat(get(log.append(updateOf(1, "ann", "1", "1")))).isEqualTo(fenced);
        assertThat(get(other.append(updateOf(2, "ann", "2", "1")))).isEqualTo(fenced);
        assertThat(get(other.append(updateOf(1, "ben", "3", "1")))).isEqualTo(fenced);
        assertThat(get(other.append(updateOf(3, "ben", "4", "1")))).isEqualTo(fenced);
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);

        Applied applied = update(other, 2, "ben", "5", "{\"x\":1}");
        assertThat(applied).isEqualTo(new Applied(3, applied.entry(), false));
        assertThat(applied.entry()).isEqualTo(new Entry(3, Kind.UPDATE, 2, "ben", BEN.user(), "5", NOW, "{\"x\":1}"));
        assertThat(get(log.read(DOC, 2, 10))).containsExactly(applied.entry());
    }

    @Test
    void a_message_needs_no_right_to_edit_and_carries_the_current_epoch() {
        assertThat(message(log, "cid", "m1", "\"hi\"").entry().epoch()).isZero();
        claim(log, 0, ANN);
        Applied said = message(other, "cid", "m2", "\"ho\"");
        assertThat(said.seq()).isEqualTo(3);
        assertThat(said.entry().epoch()).isEqualTo(1);
        assertThat(get(log.read(DOC, 2, 10))).containsExactly(said.entry());
    }

    @Test
    void writes_of_one_document_keep_the_order_they_came_in() {
        List<Future<AppendResult>> appends = new ArrayList<>();
        Future<ClaimResult> first = log.claim(new Claim(DOC, 0, ANN, "test", NOW));
        appends.add(log.append(updateOf(1, "ann", "1", "1")));
        appends.add(log.append(updateOf(1, "ann", "2", "2")));
        Future<ClaimResult> second = log.claim(new Claim(DOC, 1, BEN, "test", NOW));
        appends.add(log.append(updateOf(1, "ann", "3", "3")));
        appends.add(log.append(updateOf(2, "ben", "4", "4")));
        Future<VacateResult> left = log.vacate(DOC, 2, "ben", "test", NOW);
        appends.add(log.append(updateOf(2, "ben", "5", "5")));
        Future<SnapshotResult> late = log.snapshot(new Snapshot(DOC, 2, "ben", 1, "{}", NOW));

        assertThat(get(first)).isInstanceOf(Granted.class);
        assertThat(get(second)).isInstanceOf(Granted.class);
        assertThat(get(left)).isInstanceOf(VacateResult.Vacated.class);
        assertThat(get(late)).isEqualTo(new SnapshotResult.Fenced(2, Optional.empty()));
        List<AppendResult> results = all(appends);
        assertThat(results.get(2)).isEqualTo(new AppendResult.Fenced(2, Optional.of(BEN)));
        assertThat(results.get(4)).isEqualTo(new AppendResult.Fenced(2, Optional.empty()));
        assertThat(get(other.read(DOC, 0, 10)))
                .extracting(Entry::seq, Entry::epoch, Entry::id)
                .containsExactly(
                        tuple(1L, 1L, ""),
                        tuple(2L, 1L, "1"),
                        tuple(3L, 1L, "2"),
                        tuple(4L, 2L, ""),
                        tuple(5L, 2L, "4"),
                        tuple(6L, 2L, ""));
    }

    @Test
    void text_comes_back_as_it_went_in() {
        String odd = "\"quo'te \\\\ $1 ? ${x} \\u0000 é 漢 🎹 " + "x".repeat(300_000) + "\"";
        Tenant tenant = new Tenant("s'\"ß🎹", "{\"name\":\"O'Neil\"}", "k'🎹");
        String name = "a~/._-'é🎹";
        get(log.claim(new Claim(name, 0, tenant, "it's \"over\"", NOW)));
        get(log.append(new Append(name, Kind.UPDATE, 1, tenant.session(), tenant.user(), "i'd🎹", odd, NOW)));
        get(log.snapshot(new Snapshot(name, 1, tenant.session(), 1, odd, NOW)));
        Opening opening = get(other.open(name, OptionalLong.empty(), Optional.empty()));
        assertThat(opening.state().holder()).contains(tenant);
        assertThat(opening.snapshot()).contains(new Opening.Content(1, odd));
        assertThat(opening.entries()).hasSize(1);
        assertThat(opening.entries().get(0).data()).isEqualTo(odd);
        assertThat(opening.entries().get(0).id()).isEqualTo("i'd🎹");
        assertThat(new JsonObject(get(other.read(name, 0, 1)).get(0).data()).getString("cause"))
                .isEqualTo("it's \"over\"");
    }

    @Test
    void the_longest_names_are_taken_and_longer_ones_refused_at_the_call() {
        String longest = "漢".repeat(Text.LONGEST_NAME);
        Append append = new Append(longest, Kind.MESSAGE, 0, longest, "{}", longest, "1", NOW);
        assertThat(get(log.append(append))).isInstanceOf(Applied.class);
        assertThat(get(other.read(longest, 0, 1)).get(0).id()).isEqualTo(longest);
        assertThatThrownBy(() -> messageOf("cid", longest + "x", "1")).hasMessageStartingWith("id must have 1 to 200");
        assertThatThrownBy(() -> messageOf("", "op", "1")).hasMessageStartingWith("session must have 1 to 200");
        assertThatThrownBy(() -> log.state(longest + "x")).hasMessageStartingWith("document must have 1 to 200");
    }

    @Test
    void text_that_no_store_can_hold_is_refused_at_the_call() {
        for (String bad : List.of("a\0b", "half \ud83d pair", "half \udfb9")) {
            assertThatThrownBy(() -> messageOf("cid", "1", bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("data");
            assertThatThrownBy(() -> messageOf("cid", bad, "1")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> log.state(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void what_was_decided_on_a_row_that_has_moved_since_is_refused_by_the_statement_that_writes() throws Exception {
        claim(log, 0, ANN);
        Store store = Store.open(settings());
        try (Connection connection = store.first()) {
            Preamble preamble = store.dialect().preamble(Dialect.Use.WRITING, settings());
            Tables tables = new Tables(connection, store.dialect(), preamble, 0);
            DocumentRow stale = row(store, tables);
            claim(log, 1, BEN);
            Ledger ledger = new Ledger(stale, Map.of(), 0);
            assertThat(ledger.append(updateOf(1, "ann", "late", "1"), "f", false))
                    .isInstanceOf(Applied.class);
            assertRefused(store, tables, ledger.segments());

            DocumentRow now = row(store, tables);
            for (Entry wrong : List.of(
                    new Entry(3, Kind.UPDATE, 1, "ann", "{}", "late", NOW, "1"),
                    new Entry(3, Kind.UPDATE, 2, "ann", "{}", "late", NOW, "1"),
                    new Entry(3, Kind.MESSAGE, 1, "ann", "{}", "late", NOW, "1"),
                    new Entry(4, Kind.UPDATE, 2, "ben", "{}", "gap", NOW, "1"),
                    new Entry(2, Kind.UPDATE, 2, "ben", "{}", "twice", NOW, "1"))) {
                Ledger.Line line = new Ledger.Line(wrong, Optional.of("f"));
                assertRefused(
                        store,
                        tables,
                        List.of(new Ledger.Segment(now, now.withHead(3), List.of(line), Optional.empty())));
            }
        }
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);
        assertThat(get(log.read(DOC, 0, 10))).hasSize(2);
    }

    private static DocumentRow row(Store store, Tables tables) throws SQLException {
        store.dialect().begin(store.first());
        DocumentRow row = tables.lock(new TreeSet<>(Set.of(DOC))).get(DOC);
        store.dialect().rollback(store.first());
        return row;
    }

    private static void assertRefused(Store store, Tables tables, List<Ledger.Segment> segments) throws SQLException {
        store.dialect().begin(store.first());
        assertThatThrownBy(() -> tables.store(List.of(segments))).isInstanceOf(Tables.Moved.class);
        store.dialect().rollback(store.first());
    }

    // ---- once

    @Test
    void an_operation_is_applied_once_whichever_node_is_asked_again() {
        claim(log, 0, ANN);
        Applied first = update(log, 1, "ann", "op", "{\"x\":1}");
        assertThat(update(log, 1, "ann", "op", "{\"x\":1}")).isEqualTo(new Applied(2, first.entry(), true));
        assertThat(update(other, 1, "ann", "op", "{\"x\":1}")).isEqualTo(new Applied(2, first.entry(), true));
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);
    }

    @Test
    void a_retry_is_answered_also_when_the_epoch_has_moved() {
        claim(log, 0, ANN);
        Applied first = update(log, 1, "ann", "op", "1");
        claim(log, 1, BEN);
        assertThat(update(other, 1, "ann", "op", "1")).isEqualTo(new Applied(2, first.entry(), true));
        assertThat(update(other, 2, "ann", "op", "1")).isEqualTo(new Applied(2, first.entry(), true));
    }

    @Test
    void an_operation_id_used_for_other_data_is_refused() {
        claim(log, 0, ANN);
        update(log, 1, "ann", "op", "1");
        assertThat(get(other.append(updateOf(1, "ann", "op", "2")))).isEqualTo(new Reused(2));
        assertThat(get(other.append(messageOf("ann", "op", "1")))).isEqualTo(new Reused(2));
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);
    }

    @Test
    void operation_ids_are_apart_for_each_session_and_document() {
        message(log, "cid", "op", "1");
        message(log, "dan", "op", "2");
        get(log.append(new Append("other", Kind.MESSAGE, 0, "cid", "{}", "op", "3", NOW)));
        assertThat(get(log.state(DOC)).head()).isEqualTo(2);
        assertThat(get(log.state("other")).head()).isEqualTo(1);
    }

    @Test
    void an_operation_sent_through_both_nodes_at_once_is_applied_once() {
        List<Future<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Append append = messageOf("cid", "op" + i, "" + i);
            appends.add(log.append(append));
            appends.add(other.append(append));
            appends.add(log.append(append));
        }
        List<AppendResult> results = all(appends);
        for (int i = 0; i < results.size(); i += 3) {
            List<Applied> same =
                    results.subList(i, i + 3).stream().map(Applied.class::cast).toList();
            assertThat(same).extracting(Applied::seq).containsOnly(same.get(0).seq());
            assertThat(same).filteredOn(applied -> !applied.again()).hasSize(1);
        }
        assertThat(get(log.state(DOC)).head()).isEqualTo(200);
    }

    @Test
    void two_nodes_writing_the_same_documents_make_one_sequence_without_gaps() {
        Map<String, List<Future<AppendResult>>> sent = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            for (int d = 0; d < 20; d++) {
                String document = "d" + (i % 2 == 0 ? d : 19 - d);
                DocumentLog node = (i + d) % 2 == 0 ? log : other;
                Append append = new Append(document, Kind.MESSAGE, 0, "s" + (d % 3), "{}", "op" + i, "" + i, NOW);
                sent.computeIfAbsent(document, name -> new ArrayList<>()).add(node.append(append));
            }
        }
        sent.forEach((document, appends) -> {
            List<Entry> acknowledged = all(appends).stream()
                    .map(result -> ((Applied) result).entry())
                    .sorted(Comparator.comparingLong(Entry::seq))
                    .distinct()
                    .toList();
            List<Entry> stored = get(log.read(document, 0, 1_000));
            assertThat(stored).isEqualTo(acknowledged);
            assertThat(stored)
                    .extracting(Entry::seq)
                    .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
        });
    }

    @Test
    void a_refused_write_never_fails_its_neighbours() {
        claim(log, 0, ANN);
        update(log, 1, "ann", "taken", "1");
        List<Future<AppendResult>> good = new ArrayList<>();
        List<Future<AppendResult>> bad = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            bad.add(log.append(updateOf(9, "eve", "x" + i, "1")));
            good.add(log.append(updateOf(1, "ann", "g" + i, "1")));
            bad.add(log.append(updateOf(1, "ann", "taken", "other")));
            good.add(log.append(new Append("d" + i, Kind.MESSAGE, 0, "cid", "{}", "op", "1", NOW)));
            bad.add(log.append(new Append("d" + i, Kind.UPDATE, 3, "cid", "{}", "up", "1", NOW)));
        }
        assertThat(all(good)).allMatch(Applied.class::isInstance);
        assertThat(all(bad)).noneMatch(Applied.class::isInstance);
        assertThat(get(log.state(DOC)).head()).isEqualTo(102);
    }

    @Test
    void a_write_at_which_the_store_raises_an_error_fails_alone() throws Exception {
        poison("\"poison\"");
        List<Future<AppendResult>> good = new ArrayList<>();
        List<Future<AppendResult>> bad = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            good.add(log.append(messageOf("cid", "g" + i, "1")));
            bad.add(log.append(messageOf("cid", "b" + i, "\"poison\"")));
        }
        assertThat(all(good)).allMatch(Applied.class::isInstance);
        assertThat(bad).allMatch(append -> failure(append).reason() == Reason.UNAVAILABLE);
        assertThat(get(log.state(DOC)).head()).isEqualTo(30);
        assertThat(log.available()).isTrue();
    }

    // ---- snapshots, opening, reading

    @Test
    void a_snapshot_is_taken_from_the_holder_alone_and_never_ahead_of_the_log() {
        claim(log, 0, ANN);
        update(log, 1, "ann", "1", "1");
        SnapshotResult fenced = new SnapshotResult.Fenced(1, Optional.of(ANN));
        assertThat(get(log.snapshot(new Snapshot(DOC, 0, "ann", 2, "{}", NOW)))).isEqualTo(fenced);
        assertThat(get(log.snapshot(new Snapshot(DOC, 1, "ben", 2, "{}", NOW)))).isEqualTo(fenced);
        assertThat(get(log.snapshot(new Snapshot("unknown", 0, "ben", 2, "{}", NOW))))
                .isEqualTo(new SnapshotResult.Fenced(0, Optional.empty()));
        assertThat(get(other.snapshot(new Snapshot(DOC, 1, "ann", 3, "{}", NOW))))
                .isEqualTo(new SnapshotResult.Ahead(2));
        assertThat(get(log.state(DOC)).snapshotSeq()).isZero();

        assertThat(get(other.snapshot(new Snapshot(DOC, 1, "ann", 2, "\"two\"", NOW))))
                .isEqualTo(new SnapshotResult.Stored());
        assertThat(get(log.snapshot(new Snapshot(DOC, 1, "ann", 1, "\"one\"", NOW))))
                .isEqualTo(new SnapshotResult.Stored());
        assertThat(get(log.snapshot(new Snapshot(DOC, 1, "ann", 2, "\"two again\"", NOW))))
                .isEqualTo(new SnapshotResult.Stored());
        assertThat(get(log.state(DOC)).snapshotSeq()).isEqualTo(2);
        update(log, 1, "ann", "2", "2");
        Opening opening = get(other.open(DOC, OptionalLong.empty(), Optional.empty()));
        assertThat(opening.snapshot()).contains(new Opening.Content(2, "\"two\""));
        assertThat(opening.entries()).extracting(Entry::seq).containsExactly(3L);

        get(log.snapshot(new Snapshot(DOC, 1, "ann", 3, "\"three\"", NOW)));
        opening = get(other.open(DOC, OptionalLong.empty(), Optional.empty()));
        assertThat(opening.snapshot()).contains(new Opening.Content(3, "\"three\""));
        assertThat(opening.entries()).isEmpty();
        assertThat(opening.last()).isEqualTo(3);
    }

    @Test
    void an_opening_is_recovered_only_when_it_holds_all_since() {
        claim(log, 0, ANN);
        IntStream.range(0, 5).forEach(i -> update(log, 1, "ann", "op" + i, "" + i));
        get(log.snapshot(new Snapshot(DOC, 1, "ann", 3, "{}", NOW)));
        Optional<String> id = Optional.of(log.id());

        Opening since = get(other.open(DOC, OptionalLong.of(2), id));
        assertThat(since.recovered()).isTrue();
        assertThat(since.snapshot()).isEmpty();
        assertThat(since.entries()).extracting(Entry::seq).containsExactly(3L, 4L, 5L, 6L);
        assertThat(since.log()).isEqualTo(log.id());
        assertThat(since.state().head()).isEqualTo(6);
        assertThat(get(other.open(DOC, OptionalLong.of(6), id)).recovered()).isTrue();
        assertThat(get(other.open(DOC, OptionalLong.of(6), id)).entries()).isEmpty();
        assertThat(get(other.open(DOC, OptionalLong.of(0), id)).entries()).hasSize(6);

        List<Opening> fromNothing = List.of(
                get(other.open(DOC, OptionalLong.of(7), id)),
                get(other.open(DOC, OptionalLong.of(2), Optional.of("another"))),
                get(other.open(DOC, OptionalLong.of(2), Optional.empty())),
                get(other.open(DOC, OptionalLong.empty(), id)));
        assertThat(fromNothing).allSatisfy(opening -> {
            assertThat(opening.recovered()).isFalse();
            assertThat(opening.snapshot()).contains(new Opening.Content(3, "{}"));
            assertThat(opening.entries()).extracting(Entry::seq).containsExactly(4L, 5L, 6L);
        });
    }

    @Test
    void a_long_tail_is_opened_page_by_page() throws Exception {
        DocumentLog paging = open(settings().withPage(10, 1_000));
        all(IntStream.range(0, 35)
                .mapToObj(i -> log.append(messageOf("cid", "op" + i, "" + i)))
                .toList());
        Opening opening = get(paging.open(DOC, OptionalLong.of(2), Optional.of(log.id())));
        assertThat(opening.recovered()).isTrue();
        assertThat(opening.more()).isTrue();
        List<Entry> entries = new ArrayList<>(opening.entries());
        assertThat(entries).hasSize(10);
        while (entries.get(entries.size() - 1).seq() < opening.state().head()) {
            entries.addAll(get(paging.read(DOC, entries.get(entries.size() - 1).seq(), 1_000)));
        }
        assertThat(entries)
                .extracting(Entry::seq)
                .isEqualTo(LongStream.rangeClosed(3, 35).boxed().toList());
        assertThat(get(paging.read(DOC, 0, 4))).hasSize(4);
        assertThat(get(paging.read(DOC, 35, 4))).isEmpty();
        assertThat(get(paging.read(DOC, 99, 4))).isEmpty();
    }

    @Test
    void a_page_is_bounded_by_its_size_and_holds_at_least_one_entry() throws Exception {
        DocumentLog paging = open(settings().withPage(100, 1_000));
        for (int i = 0; i < 6; i++) {
            message(log, "cid", "op" + i, "\"" + "x".repeat(600) + "\"");
        }
        message(log, "cid", "large", "\"" + "x".repeat(5_000) + "\"");
        assertThat(get(paging.read(DOC, 0, 100))).hasSize(2);
        assertThat(get(paging.read(DOC, 6, 100))).hasSize(1);
        assertThat(get(paging.open(DOC, OptionalLong.empty(), Optional.empty())).more())
                .isTrue();
    }

    @Test
    void one_who_is_far_behind_gets_the_snapshot_that_is_nearer() throws Exception {
        DocumentLog paging = open(settings().withPage(10, 100_000));
        claim(log, 0, ANN);
        IntStream.range(0, 30).forEach(i -> update(log, 1, "ann", "op" + i, "" + i));
        get(log.snapshot(new Snapshot(DOC, 1, "ann", 28, "{}", NOW)));
        Opening opening = get(paging.open(DOC, OptionalLong.of(2), Optional.of(log.id())));
        assertThat(opening.recovered()).isFalse();
        assertThat(opening.snapshot()).isPresent();
        assertThat(opening.entries()).extracting(Entry::seq).containsExactly(29L, 30L, 31L);
        assertThat(opening.more()).isFalse();
        assertThat(get(paging.open(DOC, OptionalLong.of(25), Optional.of(log.id())))
                        .recovered())
                .isTrue();
    }

    @Test
    void heads_of_many_documents_come_at_once() {
        Map<String, Head> expected = new HashMap<>();
        List<Future<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            String document = "d" + i;
            expected.put(document, new Head(i % 3L, 0, Optional.empty()));
            for (int j = 0; j < i % 3; j++) {
                appends.add(log.append(new Append(document, Kind.MESSAGE, 0, "cid", "{}", "op" + j, "1", NOW)));
            }
        }
        all(appends);
        assertThat(get(other.heads(expected.keySet()))).isEqualTo(expected);
        assertThat(get(other.heads(Set.of()))).isEmpty();
    }

    @Test
    void a_head_names_the_epoch() {
        claim(log, 0, ANN);
        assertThat(get(other.heads(Set.of(DOC)))).containsExactly(Map.entry(DOC, new Head(1, 1, Optional.of("ann"))));
    }

    // ---- order ----------------------------------------------------------------------------------------------------

    @Test
    void an_operation_is_not_written_before_the_one_that_it_follows() {
        claim(log, 0, ANN);
        Optional<Sender> behindLost = Optional.of(new Sender("ann", 1, Optional.of("lost")));
        assertThat(get(log.append(updateOf(1, "ann", "behind", "1"), behindLost)))
                .isEqualTo(new AppendResult.OutOfOrder("lost"));
        assertThat(get(log.append(updateOf(9, "ann", "late", "1"), behindLost)))
                .as("of a former holder")
                .isInstanceOf(AppendResult.Fenced.class);
        List<Future<AppendResult>> together = List.of(
                log.append(updateOf(1, "ann", "one", "1")),
                log.append(updateOf(1, "ann", "two", "2"), Optional.of(new Sender("ann", 1, Optional.of("one")))));
        assertThat(all(together)).allMatch(Applied.class::isInstance);
        assertThat(get(other.append(
                        updateOf(1, "ann", "three", "3"), Optional.of(new Sender("ann", 1, Optional.of("two"))))))
                .isInstanceOf(Applied.class);
        assertThat(get(log.append(updateOf(1, "ann", "one", "1"), behindLost)))
                .as("a retry gets its first answer")
                .isInstanceOf(Applied.class);
        assertThat(get(log.state(DOC)).head()).isEqualTo(4);
    }

    // ---- tombstones -----------------------------------------------------------------------------------------------

    @Test
    void a_session_that_was_removed_writes_nothing_and_holds_nothing_through_any_node_for_ever() throws Exception {
        claim(log, 0, ANN);
        get(log.remove("ann"));
        for (DocumentLog node : List.of(log, other)) {
            Optional<Sender> ann = Optional.of(new Sender("ann", 7));
            assertThat(failure(node.append(updateOf(1, "ann", "late", "1"), ann))
                            .reason())
                    .isEqualTo(Reason.SUPERSEDED);
            assertThat(failure(node.append(messageOf("ann", "said", "1"), ann)).reason())
                    .isEqualTo(Reason.SUPERSEDED);
            assertThat(failure(node.claim(new Claim(DOC, 1, ANN, "test", NOW))).reason())
                    .isEqualTo(Reason.SUPERSEDED);
        }
        assertThat(get(other.removedSince(60_000))).containsExactly("ann");
        get(log.remove("ann"));
        get(other.vacate(DOC, 1, "ann", "removed", NOW));
        assertThat(claim(other, 1, BEN).epoch()).isEqualTo(2);
        assertThat(get(open(settings()).removedSince(60_000))).containsExactly("ann");
    }

    @Test
    void one_that_was_removed_fails_none_of_those_it_is_committed_with() throws Exception {
        claim(log, 0, ANN);
        get(log.remove("cid"));
        Future<AppendResult> removed;
        Future<AppendResult> stays;
        try (AutoCloseable held = holdUp()) {
            removed = other.append(messageOf("cid", "m", "1"), Optional.of(new Sender("cid", 1)));
            stays = other.append(updateOf(1, "ann", "op", "1"), Optional.of(new Sender("ann", 1)));
        }
        assertThat(failure(removed).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(get(stays)).isInstanceOf(Applied.class);
    }

    private void delete() throws Exception {
        Store store = Store.open(settings());
        try (Connection connection = store.first();
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM baton_document WHERE name = '" + DOC + "'");
        }
    }

    @Test
    void a_name_that_was_deleted_goes_on_with_its_epochs_and_nobody_is_recovered_into_what_follows() throws Exception {
        claim(log, 0, ANN);
        update(log, 1, "ann", "op1", "1");
        update(log, 1, "ann", "op2", "2");
        String id = get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();
        delete();

        assertThat(message(log, "cid", "m1", "3").seq()).isEqualTo(5);
        for (long after : new long[] {2, 3}) {
            Opening opening = get(log.open(DOC, OptionalLong.of(after), Optional.of(id)));
            assertThat(opening.recovered()).isFalse();
            assertThat(opening.entries()).extracting(Entry::id).containsExactly("m1");
        }
        assertThat(get(log.open(DOC, OptionalLong.of(5), Optional.of(id))).recovered())
                .isTrue();
        assertThat(get(log.append(updateOf(1, "ann", "late", "4")))).isInstanceOf(AppendResult.Fenced.class);
        assertThat(claim(other, 1, BEN).epoch()).isEqualTo(2);
    }

    @Test
    void what_was_deleted_is_no_proof_that_the_store_went_back_and_nobody_is_recovered_into_it() throws Exception {
        claim(log, 0, ANN);
        update(log, 1, "ann", "op1", "1");
        String id = get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();
        delete();

        Opening opening = get(log.open(DOC, OptionalLong.of(2), Optional.of(id)));
        assertThat(opening.log()).as("no later incarnation").isEqualTo(id);
        assertThat(opening.recovered()).isFalse();
        assertThat(opening.entries()).isEmpty();
        assertThat(opening.state().head()).isEqualTo(3);
        assertThat(opening.state().epoch()).isEqualTo(1);
        assertThat(get(log.heads(List.of(DOC, "other"))))
                .containsEntry(DOC, new Head(3, 1, Optional.empty()))
                .containsEntry("other", Head.NONE);
        assertThat(claim(other, 1, BEN).epoch()).isEqualTo(2);
        assertThat(get(log.open(DOC, OptionalLong.of(3), Optional.of(id))).entries())
                .extracting(Entry::seq)
                .containsExactly(4L);
    }

    // ---- at the commit ---------------------------------------------------------------------------------------------

    @Test
    void a_node_that_may_not_write_at_the_moment_of_the_commit_writes_nothing() {
        claim(log, 0, ANN);
        log.commitOnlyIf(() -> false);
        assertThat(failure(log.append(updateOf(1, "ann", "op", "1"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure(log.claim(new Claim(DOC, 1, BEN, "test", NOW))).reason())
                .isEqualTo(Reason.UNAVAILABLE);
        assertThat(get(other.state(DOC)).head()).isEqualTo(1);
        log.commitOnlyIf(() -> true);
        assertThat(update(log, 1, "ann", "op", "1").seq()).isEqualTo(2);
    }

    @Test
    void what_waits_from_a_connection_that_was_replaced_is_not_written_and_the_rest_is() throws Exception {
        claim(log, 0, ANN);
        Future<AppendResult> old;
        Future<AppendResult> later;
        Future<AppendResult> strangers;
        Future<Void> settled;
        try (AutoCloseable held = holdUp()) {
            old = log.append(updateOf(1, "ann", "old", "1"), Optional.of(new Sender("ann", 3)));
            later = log.append(updateOf(1, "ann", "new", "2"), Optional.of(new Sender("ann", 4)));
            strangers = log.append(messageOf("cid", "m", "3"), Optional.of(new Sender("cid", 1)));
            settled = log.supersede("ann", 4);
        }
        get(settled);
        assertThat(failure(old).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(all(List.of(later, strangers))).allMatch(Applied.class::isInstance);
        assertThat(get(log.read(DOC, 1, 10))).extracting(Entry::id).containsExactlyInAnyOrder("new", "m");
    }

    @Test
    void what_was_committed_before_the_connection_was_replaced_is_read_afterwards() {
        claim(log, 0, ANN);
        Future<AppendResult> old = log.append(updateOf(1, "ann", "old", "1"), Optional.of(new Sender("ann", 3)));
        get(log.supersede("ann", 4));
        long head = get(other.state(DOC)).head();
        boolean applied = get(old.map(Applied.class::isInstance).otherwise(false));
        assertThat(head).isEqualTo(applied ? 2 : 1);
    }

    // ---- the roll -------------------------------------------------------------------------------------------------

    @Test
    void who_signs_the_roll_is_on_it_until_it_is_struck() {
        get(log.sign("n1", SIGNED));
        assertThat(get(other.sign("n2", SIGNED))).containsOnlyKeys("n1", "n2").allSatisfy((node, signature) -> {
            assertThat(signature.age()).isBetween(0L, 10_000L);
            assertThat(signature).isEqualTo(new Signature(signature.age(), 60_000, false, "here", "cluster a"));
        });
        get(log.strike("n1"));
        assertThat(get(other.sign("n2", SIGNED))).containsOnlyKeys("n2");
    }

    @Test
    void of_nodes_that_are_strangers_to_each_other_one_serves_as_long_as_it_signs() {
        get(log.sign("n1", SIGNED));
        get(other.sign("n2", SIGNED));
        List<Map<String, Signature>> tried = all(List.of(log.serve("n1", Set.of()), other.serve("n2", Set.of())));
        assertThat(tried).filteredOn(Map::isEmpty).as("one of both").hasSize(1);
        String serves = tried.get(0).isEmpty() ? "n1" : "n2";
        String waits = serves.equals("n1") ? "n2" : "n1";
        assertThat(get(log.serve(waits, Set.of()))).containsOnlyKeys(serves);
        assertThat(get(log.serve(waits, Set.of(serves))))
                .as("a member is no stranger")
                .isEmpty();
        assertThat(get(log.sign(serves, SIGNED)).get(serves).serving()).isTrue();
        assertThat(get(log.sign(serves, IN_DOUBT)).get(serves).serving()).isFalse();
        assertThat(get(log.sign(serves, SIGNED)).get(serves).serving())
                .as("signing begins nothing")
                .isFalse();
    }

    @Test
    void a_signature_that_has_run_out_serves_no_more() {
        Signature brief = new Signature(0, 1, true, "here", "cluster a");
        get(log.sign("n1", brief));
        assertThat(get(log.serve("n1", Set.of()))).isEmpty();
        get(other.sign("n2", SIGNED));
        await().until(() -> get(other.serve("n2", Set.of())).isEmpty());
        assertThat(get(log.sign("n1", brief)).get("n1").serving()).isFalse();
        assertThat(get(log.serve("n1", Set.of()))).containsOnlyKeys("n2");
    }

    // ---- compaction

    @Test
    void what_lies_behind_a_snapshot_goes_and_operation_ids_outlive_it() throws Exception {
        claim(log, 0, ANN);
        all(IntStream.range(0, 1_200)
                .mapToObj(i -> log.append(updateOf(1, "ann", "op" + i, "" + i)))
                .toList());
        get(log.snapshot(new Snapshot(DOC, 1, "ann", 1_150, "{}", NOW)));
        DocumentLog compacting =
                open(settings().withCompaction(100, Duration.ZERO, Duration.ofHours(1), Duration.ofMillis(20)));
        await().until(() -> compacting.stats().compacted() == 1_101);

        assertThat(get(log.read(DOC, 0, 1)).get(0).seq()).isEqualTo(1_102);
        Opening tooFar = get(log.open(DOC, OptionalLong.of(1_100), Optional.of(log.id())));
        assertThat(tooFar.recovered()).isFalse();
        assertThat(tooFar.snapshot()).contains(new Opening.Content(1_150, "{}"));
        assertThat(tooFar.entries()).hasSize(51);
        Opening near = get(log.open(DOC, OptionalLong.of(1_101), Optional.of(log.id())));
        assertThat(near.recovered()).isTrue();
        assertThat(near.entries()).hasSize(100);

        assertThat(update(other, 1, "ann", "op0", "0").seq()).isEqualTo(2);
        assertThat(update(other, 1, "ann", "op0", "0").entry())
                .isEqualTo(new Entry(2, Kind.UPDATE, 1, "ann", ANN.user(), "op0", NOW, "0"));
        assertThat(get(other.append(updateOf(1, "ann", "op0", "else")))).isEqualTo(new Reused(2));
        assertThat(claim(other, 0, ANN).again()).isTrue();
        assertThat(update(other, 1, "ann", "next", "1").seq()).isEqualTo(1_202);
    }

    @Test
    void operation_ids_are_forgotten_after_their_time_but_never_the_epoch_and_the_head() throws Exception {
        claim(log, 0, ANN);
        all(IntStream.range(0, 700)
                .mapToObj(i -> log.append(updateOf(1, "ann", "op" + i, "" + i)))
                .toList());
        get(log.snapshot(new Snapshot(DOC, 1, "ann", 701, "{}", NOW)));
        DocumentLog compacting =
                open(settings().withCompaction(0, Duration.ZERO, Duration.ZERO, Duration.ofMillis(20)));
        await().until(() -> compacting.stats().compacted() == 701);
        await().until(() -> update(log, 1, "ann", "op5", "5").again() == false);
        assertThat(get(log.state(DOC)).epoch()).isEqualTo(1);
        assertThat(get(log.state(DOC)).head()).isGreaterThan(701);
        assertThat(get(log.open(DOC, OptionalLong.empty(), Optional.empty())).snapshot())
                .contains(new Opening.Content(701, "{}"));
    }

    @Test
    void nothing_young_and_nothing_in_front_of_the_snapshot_is_compacted() throws Exception {
        claim(log, 0, ANN);
        IntStream.range(0, 20).forEach(i -> update(log, 1, "ann", "op" + i, "" + i));
        get(log.claim(new Claim("old", 0, ANN, "test", NOW - 600_000)));
        get(log.snapshot(new Snapshot("old", 1, "ann", 1, "{}", NOW)));
        get(log.append(new Append("old", Kind.UPDATE, 1, "ann", "{}", "op", "1", NOW - 600_000)));
        get(log.snapshot(new Snapshot(DOC, 1, "ann", 20, "{}", NOW)));
        DocumentLog compacting =
                open(settings().withCompaction(0, Duration.ofMinutes(5), Duration.ZERO, Duration.ofMillis(20)));
        await().until(() -> compacting.stats().compacted() == 1);
        assertThat(get(log.read("old", 0, 10))).extracting(Entry::seq).containsExactly(2L);
        assertThat(get(log.read(DOC, 0, 100))).hasSize(21);
    }

    // ---- bounds and failures

    @Test
    void a_full_queue_answers_busy_and_what_it_took_on_is_done() throws Exception {
        DocumentLog narrow = open(settings().withQueue(20, 10_000));
        message(narrow, "cid", "first", "1");
        List<Future<AppendResult>> taken = new ArrayList<>();
        Future<AppendResult> refused;
        try (AutoCloseable held = holdUp()) {
            for (int i = 0; i < 20; i++) {
                taken.add(narrow.append(messageOf("cid", "op" + i, "" + i)));
            }
            refused = narrow.append(messageOf("cid", "refused", "1"));
            LogException busy = failure(refused);
            assertThat(busy.reason()).isEqualTo(Reason.BUSY);
            assertThat(busy.retryMillis()).isBetween(50L, 2_000L);
            assertThat(narrow.stats().waiting()).isEqualTo(20);
        }
        assertThat(all(taken)).allMatch(Applied.class::isInstance);
        assertThat(get(narrow.state(DOC)).head()).isEqualTo(21);
        assertThat(narrow.stats().waiting()).isZero();
        assertThat(narrow.stats().waitingBytes()).isZero();

        String half = "\"" + "x".repeat(6_000) + "\"";
        try (AutoCloseable held = holdUp()) {
            Future<AppendResult> large = narrow.append(messageOf("cid", "large", half));
            assertThat(failure(narrow.append(messageOf("cid", "larger", half))).reason())
                    .isEqualTo(Reason.BUSY);
            held.close();
            assertThat(get(large)).isInstanceOf(Applied.class);
        }
    }

    @Test
    void a_store_that_does_not_answer_in_time_is_unavailable_until_it_does() throws Exception {
        DocumentLog hasty = open(settings().withPatience(Duration.ofSeconds(1)));
        List<Boolean> told = new CopyOnWriteArrayList<>();
        message(hasty, "cid", "first", "1");
        hasty.availabilityHandler(told::add);
        assertThat(hasty.available()).isTrue();
        try (AutoCloseable held = holdUp()) {
            Future<AppendResult> stuck = hasty.append(messageOf("cid", "stuck", "1"));
            // For a moment at least: where it is only a table that is held up, the store itself answers again soon.
            await().until(() -> told.contains(false));
            assertThat(failure(hasty.append(messageOf("cid", "late", "1"))).reason())
                    .isEqualTo(Reason.UNAVAILABLE);
            assertThat(get(hasty.state(DOC)).head()).isEqualTo(1);
            assertThat(failure(stuck).reason()).isEqualTo(Reason.UNAVAILABLE);
        }
        await().until(hasty::available);
        await().untilAsserted(() -> assertThat(told).isNotEmpty().last().isEqualTo(true));
        for (int i = 0; i < told.size(); i++) {
            assertThat(told.get(i)).as("each change once").isEqualTo(i % 2 == 1);
        }
        assertThat(message(hasty, "cid", "late", "1").seq()).isEqualTo(2);
        assertThat(message(hasty, "cid", "stuck", "1").seq()).isEqualTo(3);
    }

    @Test
    void closing_finishes_what_was_taken_on_and_refuses_the_rest() {
        List<Future<AppendResult>> appends = IntStream.range(0, 500)
                .mapToObj(i -> log.append(messageOf("cid", "op" + i, "" + i)))
                .toList();
        get(log.close());
        assertThat(all(appends)).allMatch(Applied.class::isInstance);
        assertThat(get(other.state(DOC)).head()).isEqualTo(500);
        assertThat(log.available()).isFalse();
        assertThat(failure(log.append(messageOf("cid", "late", "1"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure(log.state(DOC)).reason()).isEqualTo(Reason.UNAVAILABLE);
        get(log.close());
    }

    @Test
    void answers_come_on_the_context_that_asked() {
        Context context = vertx.getOrCreateContext();
        for (int i = 0; i < 20; i++) {
            String id = "op" + i;
            Promise<Boolean> right = Promise.promise();
            context.runOnContext(nothing -> log.append(messageOf("cid", id, "1"))
                    .compose(applied -> log.state(DOC))
                    .onComplete(state -> right.complete(
                            state.succeeded() && Vertx.currentContext() == context && Context.isOnEventLoopThread())));
            assertThat(get(right.future())).isTrue();
        }
    }

    // ---- words for the above

    private static Granted claim(DocumentLog node, long expected, Tenant claimant) {
        return (Granted) get(node.claim(new Claim(DOC, expected, claimant, "test", NOW)));
    }

    private static Append updateOf(long epoch, String session, String id, String data) {
        String user = session.equals("ann") ? ANN.user() : BEN.user();
        return new Append(DOC, Kind.UPDATE, epoch, session, user, id, data, NOW);
    }

    private static Applied update(DocumentLog node, long epoch, String session, String id, String data) {
        return (Applied) get(node.append(updateOf(epoch, session, id, data)));
    }

    private static Append messageOf(String session, String id, String data) {
        return new Append(DOC, Kind.MESSAGE, 0, session, "{}", id, data, NOW);
    }

    private static Applied message(DocumentLog node, String session, String id, String data) {
        return (Applied) get(node.append(messageOf(session, id, data)));
    }
}
