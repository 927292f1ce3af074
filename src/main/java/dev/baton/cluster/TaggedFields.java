package dev.baton.cluster;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a record field by field, each with a number that follows from its name and with its length; so a node with
 * another version of the record understands it: it skips a field that it does not know, and takes nothing for one that
 * is missing: 0, {@code false}, an empty text, collection or {@link Optional}. A field of any other type cannot be
 * missing. Confined to its {@link Kryo}.
 */
final class TaggedFields<T> extends Serializer<T> {

    /** One component of the record. */
    private record Field(int number, RecordComponent component) {}

    private final Map<Integer, Integer> places = new TreeMap<>();
    private final List<Field> fields = new ArrayList<>();
    private final Constructor<T> constructor;

    /** For a record class; two of its components must not have names of one number. */
    TaggedFields(Class<T> type) {
        super(false, true);
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            int number = components[i].getName().hashCode();
            if (places.put(number, i) != null) {
                throw new IllegalStateException("two fields of " + type + " have names of one number; rename one");
            }
            components[i].getAccessor().setAccessible(true);
            fields.add(new Field(number, components[i]));
            types[i] = components[i].getType();
        }
        try {
            constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " is no record", e);
        }
    }

    @Override
    public void write(Kryo kryo, Output output, T value) {
        output.writeVarInt(fields.size(), true);
        for (Field field : fields) {
            output.writeInt(field.number);
            int length = output.position();
            output.writeInt(0);
            kryo.writeClassAndObject(output, get(field, value));
            int end = output.position();
            output.setPosition(length);
            output.writeInt(end - length - Integer.BYTES);
            output.setPosition(end);
        }
    }

    private static Object get(Field field, Object value) {
        try {
            return field.component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new KryoException(field.component + " cannot be read", e);
        }
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        Object[] values = new Object[fields.size()];
        int count = input.readVarInt(true);
        for (int i = 0; i < count; i++) {
            Integer place = places.get(input.readInt());
            int length = input.readInt();
            int end = input.position() + length;
            if (place != null) {
                values[place] = kryo.readClassAndObject(input);
            }
            input.setPosition(end);
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                values[i] = nothing(fields.get(i).component);
            }
        }
        try {
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new KryoException(type + " cannot be made of what came", e);
        }
    }

    private static Object nothing(RecordComponent missing) {
        Class<?> type = missing.getType();
        if (type == long.class) {
            return 0L;
        } else if (type == int.class) {
            return 0;
        } else if (type == boolean.class) {
            return false;
        } else if (type == String.class) {
            return "";
        } else if (type == Optional.class) {
            return Optional.empty();
        } else if (type == List.class || type == Collection.class) {
            return List.of();
        } else if (type == Map.class) {
            return Map.of();
        }
        throw new KryoException("the field " + missing.getName() + " of "
                + missing.getDeclaringRecord().getName() + " is missing");
    }
}
