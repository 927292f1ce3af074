package dev.baton.arch;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Every name of a list is that of a class, so that a rule does not lose one that is renamed. */
final class Listed extends ArchCondition<JavaClass> {
    private final Set<String> missing;

    Listed(Set<String> names) {
        super("be all that are listed");
        this.missing = new TreeSet<>(names);
    }

    @Override
    public void init(Collection<JavaClass> all) {
        all.forEach(type -> missing.remove(type.getName()));
    }

    @Override
    public void check(JavaClass item, ConditionEvents events) {}

    @Override
    public void finish(ConditionEvents events) {
        missing.forEach(name -> events.add(SimpleConditionEvent.violated(name, "there is no class " + name)));
    }
}
