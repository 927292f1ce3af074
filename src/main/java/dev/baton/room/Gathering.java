package dev.baton.room;

import dev.baton.protocol.SeqEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries that are to go to the members here, and whether they should go now: at once while nothing is under way,
 * and otherwise together, when what went out last has been handed to the system on every loop. No I/O, no clock.
 * Confined to one context.
 */
final class Gathering {

    /** How many characters gather at most; beyond that they go out whatever is under way. */
    static final int MOST = 256 * 1024;

    private final List<SeqEntry> entries = new ArrayList<>();
    private int size;
    private int underWay;

    void add(List<SeqEntry> ready) {
        for (SeqEntry entry : ready) {
            entries.add(entry);
            size += entry.text().text().length();
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether to send what is there: more of it would only make it late. */
    boolean due() {
        return !entries.isEmpty() && (underWay == 0 || size > MOST);
    }

    /** All that has gathered, in order; nothing is left. */
    List<SeqEntry> take() {
        List<SeqEntry> taken = List.copyOf(entries);
        entries.clear();
        size = 0;
        return taken;
    }

    /** Something went out on so many loops; each is to say {@link #arrived} once. */
    void left(int loops) {
        underWay += loops;
    }

    /** One loop has handed something to the system. */
    void arrived() {
        underWay--;
    }
}
