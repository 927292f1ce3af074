package dev.baton.heartbeat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be reached from an object through fields, arrays and collections: what it keeps from being collected. */
final class Reach {

    private Reach() {}

    static Set<Beat<?>> beatsFrom(Object root) {
        return from(root).stream()
                .filter(Beat.class::isInstance)
                .map(found -> (Beat<?>) found)
                .collect(Collectors.toSet());
    }

    static Set<Ring<?>> ringsFrom(Object root) {
        return from(root).stream()
                .filter(Ring.class::isInstance)
                .map(found -> (Ring<?>) found)
                .collect(Collectors.toSet());
    }

    private static Set<Object> from(Object root) {
        Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            Object object = open.remove();
            if (!found.add(object)) {
                continue;
            }
            if (object instanceof Collection<?> collection) {
                collection.stream().filter(item -> item != null).forEach(open::add);
            } else if (object.getClass().isArray()
                    && !object.getClass().getComponentType().isPrimitive()) {
                for (int i = 0; i < Array.getLength(object); i++) {
                    addTo(open, Array.get(object, i));
                }
            } else if (object.getClass().getPackage() == Beat.class.getPackage()) {
                for (Field field : object.getClass().getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())
                            && !field.getType().isPrimitive()) {
                        addTo(open, read(field, object));
                    }
                }
            }
        }
        return found;
    }

    private static void addTo(Deque<Object> open, Object object) {
        if (object != null) {
            open.add(object);
        }
    }

    private static Object read(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
