package dev.baton.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.ImmutableCollectionsSerializers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Versions of a record understand each other. */
class TaggedFieldsTest {
    record Place(String name, long since) {}

    record Older(String id, long count) {}

    record Newer(
            boolean open,
            String id,
            Place place,
            List<String> more,
            Map<String, Long> counts,
            Optional<String> maybe,
            int number,
            long count) {}

    record Bare(long count, boolean open, String id, List<String> more, Map<String, Long> counts, int number) {}

    record Demanding(String id, Place place) {}

    private static final Newer NEWER =
            new Newer(true, "a", new Place("b", 2), List.of("c"), Map.of("d", 3L), Optional.of("e"), 4, 5);

    private static <T> T readAs(Class<T> type, Object written) {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(false);
        kryo.setReferences(false);
        ImmutableCollectionsSerializers.addDefaultSerializers(kryo);
        kryo.register(Place.class, new TaggedFields<>(Place.class));
        Output output = new Output(16, 4096);
        write(kryo, output, written);
        return new TaggedFields<>(type).read(kryo, new Input(output.toBytes()), type);
    }

    @SuppressWarnings("unchecked")
    private static <T> void write(Kryo kryo, Output output, T value) {
        new TaggedFields<>((Class<T>) value.getClass()).write(kryo, output, value);
    }

    @Test
    void aRecordArrivesAsItWas() {
        assertThat(readAs(Newer.class, NEWER)).isEqualTo(NEWER);
    }

    @Test
    void whatAnOlderVersionDoesNotKnowItSkips() {
        assertThat(readAs(Older.class, NEWER)).isEqualTo(new Older("a", 5));
    }

    @Test
    void whatAnOlderVersionDoesNotSayIsNothing() {
        assertThat(readAs(Bare.class, new Older("a", 5))).isEqualTo(new Bare(5, false, "a", List.of(), Map.of(), 0));
    }

    @Test
    void aFieldThatCannotBeNothingMustBeThere() {
        assertThatThrownBy(() -> readAs(Demanding.class, new Older("a", 5)))
                .isInstanceOf(KryoException.class)
                .hasMessageContaining("place");
    }

    @Test
    void theNextVersionHasOneFieldMore() {
        assertThat(NextVersion.withOneMore("record A(Map<B, C> d, long e) implements F {}", "A"))
                .isEqualTo("record A(Map<B, C> d, long e, String addedByTheNextVersion) implements F {"
                        + " public A(Map<B, C> d, long e) { this(d, e, \"next\"); }}");
        assertThat(NextVersion.withOneMore("record A() {}", "A"))
                .isEqualTo("record A(String addedByTheNextVersion) { public A() { this(\"next\"); }}");
    }
}
