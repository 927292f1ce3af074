package dev.baton.log;

import java.time.Duration;
import java.util.Optional;

/**
 * How a log is opened.
 *
 * @param url {@code jdbc:sqlite:<file>} or {@code jdbc:postgresql://…}; parameters in it go to the driver as they are,
 *     and win over the driver's properties that the log would set, but not over how commits are synced
 * @param user of the database
 * @param password of the database; never shown
 * @param queueCount how many writes may wait, before {@link LogException.Reason#BUSY}
 * @param queueBytes how much they may hold together
 * @param readers threads and connections for reading
 * @param readQueue how many reads may wait for them
 * @param pageEntries most entries that one opening or read gives
 * @param pageBytes most text that one opening or read gives in entries; one entry is always given, however large
 * @param patience how long the store is waited for, by one statement and by a write whose outcome is unknown
 * @param keepEntries compaction leaves this many of the newest entries of a document
 * @param keepAge compaction leaves entries younger than this
 * @param retries an operation id is known at least this long after it was written, also when its entry was compacted
 * @param compactEvery how often it is looked what can be compacted
 */
public record LogSettings(
        String url,
        Optional<String> user,
        Optional<String> password,
        int queueCount,
        long queueBytes,
        int readers,
        int readQueue,
        int pageEntries,
        long pageBytes,
        Duration patience,
        long keepEntries,
        Duration keepAge,
        Duration retries,
        Duration compactEvery) {

    /** Refuses bounds that would stop the log. */
    public LogSettings {
        atLeast("queueCount", queueCount, 1);
        atLeast("queueBytes", queueBytes, 1);
        atLeast("readers", readers, 1);
        atLeast("readQueue", readQueue, 1);
        atLeast("pageEntries", pageEntries, 1);
        atLeast("pageBytes", pageBytes, 1);
        atLeast("patience in ms", patience.toMillis(), 100);
        atLeast("keepEntries", keepEntries, 0);
        atLeast("keepAge in ms", keepAge.toMillis(), 0);
        atLeast("retries in ms", retries.toMillis(), 0);
        atLeast("compactEvery in ms", compactEvery.toMillis(), 1);
    }

    /** The defaults. */
    public static LogSettings of(String url, Optional<String> user, Optional<String> password) {
        return new LogSettings(
                url,
                user,
                password,
                10_000,
                64L << 20,
                4,
                1_000,
                1_000,
                256L << 10,
                Duration.ofSeconds(5),
                1_000,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofSeconds(30));
    }

    /** The same with other bounds for the writes that wait. */
    public LogSettings withQueue(int count, long bytes) {
        return new LogSettings(
                url,
                user,
                password,
                count,
                bytes,
                readers,
                readQueue,
                pageEntries,
                pageBytes,
                patience,
                keepEntries,
                keepAge,
                retries,
                compactEvery);
    }

    /** The same with other bounds for one opening or read. */
    public LogSettings withPage(int entries, long bytes) {
        return new LogSettings(
                url,
                user,
                password,
                queueCount,
                queueBytes,
                readers,
                readQueue,
                entries,
                bytes,
                patience,
                keepEntries,
                keepAge,
                retries,
                compactEvery);
    }

    /** The same with another patience. */
    public LogSettings withPatience(Duration other) {
        return new LogSettings(
                url,
                user,
                password,
                queueCount,
                queueBytes,
                readers,
                readQueue,
                pageEntries,
                pageBytes,
                other,
                keepEntries,
                keepAge,
                retries,
                compactEvery);
    }

    /** The same with another compaction. */
    public LogSettings withCompaction(long entries, Duration age, Duration ids, Duration every) {
        return new LogSettings(
                url,
                user,
                password,
                queueCount,
                queueBytes,
                readers,
                readQueue,
                pageEntries,
                pageBytes,
                patience,
                entries,
                age,
                ids,
                every);
    }

    /** The URL without anything that could be a secret, for messages. */
    public String shownUrl() {
        int query = url.indexOf('?');
        String base = query < 0 ? url : url.substring(0, query);
        return base.replaceAll("//[^/@]*@", "//");
    }

    /** Never shows the password, nor the parameters of the URL, which may hold one. */
    @Override
    public String toString() {
        return "LogSettings[url=" + shownUrl() + ", user=" + user.orElse("-") + ", password="
                + (password.isPresent() ? "***" : "-") + "]";
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " must be at least " + least + ", but is " + value);
        }
    }
}
