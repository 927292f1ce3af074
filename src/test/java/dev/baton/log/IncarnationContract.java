package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.log.AppendResult.Applied;
import dev.baton.log.AppendResult.Fenced;
import dev.baton.log.ClaimResult.Granted;
import dev.baton.log.ClaimResult.Refused;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What every store must hold to when its history was lost: no token, place or reader of the old one passes for one of
 * the new.
 */
abstract class IncarnationContract {
    static final Tenant ANN = new Tenant("ann", "{\"id\":\"1\",\"name\":\"Ann\"}", "hash of a secret");
    static final Tenant BEN = new Tenant("ben", "{\"id\":\"2\",\"name\":\"Ben\"}", "");
    static final String DOC = "notes/one";
    static final long NOW = System.currentTimeMillis();

    static Vertx vertx;

    private final List<DocumentLog> opened = new ArrayList<>();

    /** Of an empty store, the same ones within a test. */
    abstract LogSettings settings() throws Exception;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        get(vertx.close());
    }

    @AfterEach
    void closeNodes() {
        opened.forEach(node -> get(node.close()));
    }

    DocumentLog open() throws Exception {
        DocumentLog node = get(DocumentLogs.open(vertx, settings()));
        opened.add(node);
        return node;
    }

    @Test
    void a_store_that_never_lost_anything_is_in_incarnation_0_however_often_it_is_opened() throws Exception {
        get(open().close());
        get(open().close());
        assertThat(open().incarnation()).isZero();
        assertThat(open().incarnation()).isZero();
    }

    @Test
    void a_token_from_before_is_refused_and_the_next_is_greater_than_all_there_were() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        update(log, 1, "ann", "before", "1");
        claim(log, 1, BEN);

        long raised = get(log.raise("a test"));

        assertThat(raised).isEqualTo(log.incarnation()).isGreaterThan(1_700_000_000_000L);
        assertThat(get(log.append(updateOf(2, "ben", "late", "2")))).isEqualTo(new Fenced(raised, Optional.empty()));
        assertThat(get(log.append(updateOf(raised, "ben", "forged", "2")))).isInstanceOf(Fenced.class);
        assertThat(get(log.claim(new Claim(DOC, 2, ANN, "test", NOW))))
                .isEqualTo(new Refused(raised, Optional.empty()));
        assertThat(get(log.state(DOC)).epoch()).isEqualTo(raised);
        assertThat(get(log.state(DOC)).holder()).isEmpty();
        assertThat(get(log.heldBy("ben"))).isEmpty();

        Granted next = claim(log, raised, ANN);
        assertThat(next.epoch()).isEqualTo(raised + 1).isLessThan(1L << 53);
        assertThat(update(log, next.epoch(), "ann", "after", "3").seq())
                .isEqualTo(next.entry().seq() + 1);
        assertThat(claim(log, next.epoch(), BEN).epoch()).isEqualTo(raised + 2);
    }

    @Test
    void messages_go_on_before_anybody_claims_the_document_anew() throws Exception {
        DocumentLog log = open();
        claim(log, 0, ANN);
        long raised = get(log.raise("a test"));
        assertThat(message(log, "cid", "m1", "1").entry().epoch()).isEqualTo(raised);
        assertThat(message(log, "cid", "m2", "2").seq()).isEqualTo(3);
        assertThat(claim(log, raised, BEN).epoch()).isEqualTo(raised + 1);
    }

    @Test
    void a_document_that_is_new_begins_above_what_may_have_been_lost() throws Exception {
        DocumentLog log = open();
        long raised = get(log.raise("a test"));
        assertThat(get(log.state("new")).epoch()).isEqualTo(raised);
        assertThat(get(log.heads(List.of("new")))).containsEntry("new", new Head(0, raised, Optional.empty()));
        assertThat(((Granted) get(log.claim(new Claim("new", raised, ANN, "test", NOW)))).epoch())
                .isEqualTo(raised + 1);
    }

    @Test
    void a_reader_from_before_is_not_recovered_and_one_from_after_is() throws Exception {
        DocumentLog log = open();
        message(log, "cid", "m1", "1");
        Opening before = get(log.open(DOC, OptionalLong.empty(), Optional.empty()));
        get(log.raise("a test"));
        message(log, "cid", "m2", "2");

        Opening old = get(log.open(DOC, OptionalLong.of(1), Optional.of(before.log())));
        assertThat(old.recovered()).isFalse();
        assertThat(old.entries()).hasSize(2);
        assertThat(old.log()).isNotEqualTo(before.log()).startsWith(log.id());
        assertThat(old.incarnation()).isEqualTo(log.incarnation());

        Opening again = get(log.open(DOC, OptionalLong.of(1), Optional.of(old.log())));
        assertThat(again.recovered()).isTrue();
        assertThat(again.entries()).hasSize(1);
    }

    @Test
    void every_raise_is_to_a_greater_one_and_outlives_a_restart() throws Exception {
        DocumentLog log = open();
        long first = get(log.raise("a test"));
        long second = get(log.raise("a test"));
        assertThat(second).isGreaterThan(first);
        get(log.close());
        assertThat(open().incarnation()).isEqualTo(second);
    }

    @Test
    void another_node_goes_on_to_it_with_its_next_read_or_write_and_says_so_once() throws Exception {
        DocumentLog log = open();
        DocumentLog reads = open();
        DocumentLog writes = open();
        List<Long> told = new CopyOnWriteArrayList<>();
        reads.incarnationHandler(told::add);
        claim(log, 0, ANN);

        long raised = get(log.raise("a test"));

        assertThat(get(reads.state(DOC)).epoch()).isEqualTo(raised);
        assertThat(reads.incarnation()).isEqualTo(raised);
        assertThat(get(writes.append(updateOf(1, "ann", "late", "1")))).isInstanceOf(Fenced.class);
        assertThat(writes.incarnation()).isEqualTo(raised);
        assertThat(get(reads.heads(List.of(DOC))).get(DOC).epoch()).isEqualTo(raised);
        await().untilAsserted(() -> assertThat(told).containsExactly(raised));
    }

    @Test
    void a_reader_that_has_more_than_there_is_proves_a_loss_and_a_second_one_soon_after_proves_nothing()
            throws Exception {
        DocumentLog log = open();
        message(log, "cid", "m1", "1");
        String id = get(log.open(DOC, OptionalLong.empty(), Optional.empty())).log();

        Opening opening = get(log.open(DOC, OptionalLong.of(7), Optional.of(id)));

        assertThat(opening.recovered()).isFalse();
        assertThat(opening.entries()).hasSize(1);
        assertThat(opening.incarnation()).isPositive().isEqualTo(log.incarnation());

        Opening liar = get(log.open(DOC, OptionalLong.of(7), Optional.of(opening.log())));
        assertThat(liar.recovered()).isFalse();
        assertThat(liar.log()).isEqualTo(opening.log());
    }

    @Test
    void a_node_that_hears_of_a_later_one_neither_reads_nor_writes_until_its_store_is_there_too() throws Exception {
        DocumentLog log = open();
        DocumentLog other = open();
        message(log, "cid", "m1", "1");

        log.heard(5);

        assertThat(log.behind()).isTrue();
        assertThat(log.available()).isFalse();
        assertThat(Futures.failure(log.append(messageOf("cid", "m2", "2"))).reason())
                .isEqualTo(LogException.Reason.UNAVAILABLE);
        assertThat(Futures.failure(log.state(DOC)).reason()).isEqualTo(LogException.Reason.UNAVAILABLE);

        get(other.raise("the store that the other node's connections lead to"));
        await().until(log::available);
        assertThat(log.behind()).isFalse();
        assertThat(message(log, "cid", "m3", "3").seq()).isEqualTo(2);
    }

    // ---- words for the above

    static Granted claim(DocumentLog node, long expected, Tenant claimant) {
        return (Granted) get(node.claim(new Claim(DOC, expected, claimant, "test", NOW)));
    }

    static Append updateOf(long epoch, String session, String id, String data) {
        return new Append(DOC, Kind.UPDATE, epoch, session, "{}", id, data, NOW);
    }

    static Applied update(DocumentLog node, long epoch, String session, String id, String data) {
        return (Applied) get(node.append(updateOf(epoch, session, id, data)));
    }

    static Append messageOf(String session, String id, String data) {
        return new Append(DOC, Kind.MESSAGE, 0, session, "{}", id, data, NOW);
    }

    static Applied message(DocumentLog node, String session, String id, String data) {
        return (Applied) get(node.append(messageOf(session, id, data)));
    }
}
