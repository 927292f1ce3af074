package dev.baton.cluster;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.ImmutableCollectionsSerializers;
import com.esotericsoftware.kryo.util.Pool;
import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How records travel between members and are kept as backups: by Kryo, each type under a number that follows from its
 * name, so that members with a type more or less understand each other in all others, and each field under its name, so
 * that members with a {@linkplain TaggedFields field more or less} understand each other too. Only what was named, and
 * what is reachable from that, can be read: no bytes make a member build anything else.
 *
 * <p>Java's own serialization took most of a hand-over's processor time, for its descriptions of classes and its
 * reflection.
 */
public final class Travelling {

    /** Below this the numbers are Kryo's for the JDK's types, and Hazelcast's for its own. */
    private static final int FIRST = 1_000;

    private static final int BUFFER = 512;

    /** No record is larger: documents' contents do not travel this way. */
    private static final int LARGEST = 64 * 1024 * 1024;

    private final SortedMap<Integer, Class<?>> types = new TreeMap<>();
    private final Pool<Kryo> kryos = new Pool<>(true, false, 16) {
        @Override
        protected Kryo create() {
            return kryo();
        }
    };

    private Travelling(Collection<Class<?>> roots) {
        roots.forEach(this::reach);
    }

    /** Lets values, keys and processors of those types, all of them records, travel. */
    public static Config let(Config config, Collection<Class<?>> roots) {
        Travelling travelling = new Travelling(roots);
        for (Class<?> root : roots) {
            config.getSerializationConfig()
                    .addSerializerConfig(new SerializerConfig()
                            .setTypeClass(root)
                            .setImplementation(travelling.new RecordSerializer(number(root))));
        }
        return config;
    }

    /** The records that those types are or hold. */
    static List<Class<?>> records(Collection<Class<?>> roots) {
        return new Travelling(roots)
                .types.values().stream().filter(Class::isRecord).toList();
    }

    /** Follows from the name alone; two names with one number would be refused when the second is registered. */
    private static int number(Class<?> type) {
        return FIRST + (type.getName().hashCode() & 0x3fff_ffff);
    }

    private void reach(Class<?> type) {
        boolean ours = type.isRecord() || type.isEnum() || type.isSealed();
        if (!ours || types.get(number(type)) == type) {
            return;
        }
        Class<?> same = types.put(number(type), type);
        if (same != null) {
            throw new IllegalStateException(type + " and " + same + " have names of one number; rename one");
        }
        if (type.isSealed()) {
            List.of(type.getPermittedSubclasses()).forEach(this::reach);
        }
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                classesIn(component.getGenericType()).forEach(this::reach);
            }
        }
    }

    private static List<Class<?>> classesIn(Type type) {
        List<Class<?>> classes = new ArrayList<>();
        if (type instanceof Class<?> one) {
            classes.add(one);
        } else if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                classes.addAll(classesIn(argument));
            }
        }
        return classes;
    }

    private Kryo kryo() {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(true);
        kryo.setReferences(false);
        ImmutableCollectionsSerializers.addDefaultSerializers(kryo);
        int id = 20;
        for (Object collection :
                List.of(List.of(), List.of(1), Map.of(), Map.of(1, 1), new ArrayList<>(), new LinkedHashMap<>())) {
            kryo.register(collection.getClass(), id++);
        }
        types.forEach((number, type) -> {
            if (type.isRecord()) {
                kryo.register(type, new TaggedFields<>(type), number);
            } else if (!type.isInterface()) {
                kryo.register(type, number);
            }
        });
        return kryo;
    }

    private final class RecordSerializer implements StreamSerializer<Object> {
        private final int number;

        RecordSerializer(int number) {
            this.number = number;
        }

        @Override
        public int getTypeId() {
            return number;
        }

        @Override
        public void write(ObjectDataOutput out, Object value) throws IOException {
            Kryo kryo = kryos.obtain();
            try {
                Output output = new Output(BUFFER, LARGEST);
                kryo.writeClassAndObject(output, value);
                out.writeByteArray(output.toBytes());
            } catch (KryoException e) {
                throw new HazelcastSerializationException(value.getClass() + " cannot travel", e);
            } finally {
                kryos.free(kryo);
            }
        }

        @Override
        public Object read(ObjectDataInput in) throws IOException {
            byte[] bytes = in.readByteArray();
            Kryo kryo = kryos.obtain();
            try {
                return kryo.readClassAndObject(new Input(bytes));
            } catch (KryoException e) {
                throw new HazelcastSerializationException("what came from another member cannot be read", e);
            } finally {
                kryos.free(kryo);
            }
        }
    }
}
