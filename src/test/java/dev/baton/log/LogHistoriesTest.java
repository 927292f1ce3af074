package dev.baton.log;

import static dev.baton.log.Futures.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to a document, through two nodes, the log answers and ends as the plain model does. */
class LogHistoriesTest {
    private enum Verb {
        CLAIM,
        VACATE,
        UPDATE,
        MESSAGE,
        SNAPSHOT
    }

    /**
     * @param epochOff from the current epoch
     * @param seqOff from the head, for snapshots
     * @param node which node does it; when it changes, all before is waited for
     */
    record Step(Verb verb, int document, int session, int epochOff, int seqOff, int id, int data, int node) {}

    private static final AtomicInteger TRIES = new AtomicInteger();

    private static Vertx vertx;
    private static Path folder;
    private static List<DocumentLog> nodes;

    @BeforeContainer
    static void open() throws IOException {
        vertx = Vertx.vertx();
        folder = Files.createTempDirectory("baton-histories");
        LogSettings settings =
                LogSettings.of("jdbc:sqlite:" + folder.resolve("baton.db"), Optional.empty(), Optional.empty());
        nodes = List.of(get(DocumentLogs.open(vertx, settings)), get(DocumentLogs.open(vertx, settings)));
    }

    @AfterContainer
    static void close() throws IOException {
        nodes.forEach(node -> get(node.close()));
        get(vertx.close());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Property(tries = 400)
    void every_history_goes_as_the_model_says(@ForAll("histories") List<Step> steps) {
        int number = TRIES.incrementAndGet();
        List<Model> models = List.of(new Model("a" + number), new Model("b" + number));
        List<Object> expected = new ArrayList<>();
        List<Future<?>> answers = new ArrayList<>();
        int node = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.node() != node) {
                answers.forEach(Futures::get);
                node = step.node();
            }
            take(step, i, models.get(step.document()), nodes.get(node), expected, answers);
        }
        List<Object> answered = new ArrayList<>();
        answers.forEach(answer -> answered.add(get(answer)));
        assertThat(answered).isEqualTo(expected);

        for (Model model : models) {
            String name = model.state().document();
            assertThat(get(nodes.get(0).state(name))).isEqualTo(model.state());
            assertThat(get(nodes.get(1).read(name, 0, 1_000))).isEqualTo(model.entries());
            Opening opening = get(nodes.get(1).open(name, OptionalLong.empty(), Optional.empty()));
            assertThat(opening.snapshot()).isEqualTo(model.content());
            int from = model.content().map(content -> (int) content.seq()).orElse(0);
            assertThat(opening.entries())
                    .isEqualTo(model.entries().subList(from, model.entries().size()));
        }
    }

    private static void take(
            Step step, long at, Model model, DocumentLog node, List<Object> expected, List<Future<?>> answers) {
        DocumentState now = model.state();
        String name = now.document();
        long epoch = Math.max(0, now.epoch() + step.epochOff());
        String session = "s" + step.session();
        String data = "" + step.data();
        switch (step.verb()) {
            case CLAIM -> {
                Claim claim = new Claim(name, epoch, new Tenant(session, "{}", data), "why", at);
                expected.add(model.claim(claim));
                answers.add(node.claim(claim));
            }
            case VACATE -> {
                expected.add(model.vacate(at, epoch, session, "why"));
                answers.add(node.vacate(name, epoch, session, "why", at));
            }
            case UPDATE, MESSAGE -> {
                Kind kind = step.verb() == Verb.UPDATE ? Kind.UPDATE : Kind.MESSAGE;
                Append append = new Append(name, kind, epoch, session, "{}", "op" + step.id(), data, at);
                expected.add(model.append(append));
                answers.add(node.append(append));
            }
            case SNAPSHOT -> {
                long seq = Math.max(1, now.head() + step.seqOff());
                Snapshot snapshot = new Snapshot(name, epoch, session, seq, "\"" + at + "\"", at);
                expected.add(model.snapshot(snapshot));
                answers.add(node.snapshot(snapshot));
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Verb> verbs = Arbitraries.frequency(
                Tuple.of(3, Verb.CLAIM),
                Tuple.of(1, Verb.VACATE),
                Tuple.of(6, Verb.UPDATE),
                Tuple.of(2, Verb.MESSAGE),
                Tuple.of(2, Verb.SNAPSHOT));
        Arbitrary<Integer> epochs = Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, -1), Tuple.of(1, 1));
        Arbitrary<Integer> ids = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 3), Arbitraries.integers().between(0, 1_000));
        return Combinators.combine(
                        verbs,
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 1),
                        epochs,
                        Arbitraries.integers().between(-3, 1),
                        ids,
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(1, 1)))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }
}
