package dev.baton.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A disk that keeps what was synced; of everything else, a power cut leaves whatever it likes. */
final class Disk {
    /** What a power cut leaves of that which was not synced. */
    enum Cut {
        /** Nothing. */
        NOTHING,
        /** All of it. */
        EVERYTHING,
        /** Some writes, whole. */
        SOME,
        /** Some sectors of 4096 bytes. */
        PAGES,
        /** Some sectors of 512 bytes. */
        SECTORS
    }

    private record Change(int call, long offset, ByteBuffer bytes, boolean truncates) {}

    /** What is on the disk for sure, and what came after it, in order. */
    private static final class Content {
        private byte[] synced = new byte[0];
        private int length;
        private final List<Change> open = new ArrayList<>();
        private final Set<Integer> durable = new HashSet<>();
    }

    private final Map<Path, Content> files = new HashMap<>();
    private final Map<Integer, List<Integer>> covered = new HashMap<>();
    private final Map<Integer, Path> syncing = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private int syncs;

    /** Takes the next step. */
    void take(Trace.Step step) {
        if (step instanceof Trace.Write write) {
            content(write.file()).open.add(new Change(write.call(), write.offset(), write.bytes(), false));
        } else if (step instanceof Trace.Truncate cut) {
            content(cut.file()).open.add(new Change(cut.call(), cut.length(), ByteBuffer.allocate(0), true));
        } else if (step instanceof Trace.Sync sync) {
            syncing.put(sync.call(), sync.file());
            covered.put(
                    sync.call(),
                    content(sync.file()).open.stream()
                            .map(Change::call)
                            .filter(ended::contains)
                            .toList());
        } else if (step instanceof Trace.Ended end) {
            ended.add(end.call());
            if (syncing.containsKey(end.call())) {
                synced(content(syncing.remove(end.call())), covered.remove(end.call()));
            }
        } else if (step instanceof Trace.Unlink unlink) {
            files.remove(unlink.file());
        }
    }

    /** How many syncs have ended. */
    int syncs() {
        return syncs;
    }

    private Content content(Path file) {
        return files.computeIfAbsent(file, nothing -> new Content());
    }

    private void synced(Content content, List<Integer> calls) {
        syncs++;
        content.durable.addAll(calls);
        while (!content.open.isEmpty()
                && content.durable.remove(content.open.get(0).call())) {
            apply(content, content.open.remove(0), new Random(0), Cut.EVERYTHING);
        }
    }

    /** Puts what a power cut leaves into the folder, under the files' names. */
    void cut(Path folder, Random random, Cut cut) throws IOException {
        for (Map.Entry<Path, Content> file : files.entrySet()) {
            Content now = file.getValue();
            Content left = new Content();
            left.synced = now.synced.clone();
            left.length = now.length;
            for (Change change : now.open) {
                apply(left, change, random, now.durable.contains(change.call()) ? Cut.EVERYTHING : cut);
            }
            Files.write(folder.resolve(file.getKey().getFileName()), Arrays.copyOf(left.synced, left.length));
        }
    }

    private static void apply(Content content, Change change, Random random, Cut cut) {
        if (cut == Cut.NOTHING || ((cut == Cut.SOME || change.truncates()) && cut != Cut.EVERYTHING && half(random))) {
            return;
        }
        if (change.truncates()) {
            resize(content, (int) change.offset());
            return;
        }
        int sector = cut == Cut.SECTORS ? 512 : cut == Cut.PAGES ? 4096 : Integer.MAX_VALUE;
        int begin = (int) change.offset();
        int end = begin + change.bytes().capacity();
        while (begin < end) {
            int next = (int) Math.min(end, (begin / sector + 1L) * sector);
            if (sector == Integer.MAX_VALUE || half(random)) {
                resize(content, Math.max(content.length, next));
                System.arraycopy(
                        change.bytes().array(), begin - (int) change.offset(), content.synced, begin, next - begin);
            }
            begin = next;
        }
    }

    private static boolean half(Random random) {
        return random.nextBoolean();
    }

    private static void resize(Content content, int length) {
        if (length > content.synced.length) {
            content.synced = Arrays.copyOf(content.synced, Math.max(length, 2 * content.synced.length));
        } else if (length < content.length) {
            Arrays.fill(content.synced, length, content.length, (byte) 0);
        }
        content.length = length;
    }
}
