package dev.baton.client;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a node tells without having been asked, and the end of the connection. */
public sealed interface NodeEvent {

    /**
     * Who came, who went, who changed.
     *
     * @param left the cause by session
     * @param count how many are there now
     */
    record Presence(String document, List<Member> joined, Map<String, String> left, List<Member> changed, int count)
            implements NodeEvent {}

    /**
     * The store went back to an earlier state: what was told of a document before no longer counts, and this is its
     * content. Told of each document that this session is in.
     */
    record Reset(Joined joined) implements NodeEvent {}

    /** Who holds the pen now. Also told of the answer to a request that is answered so. */
    record RightsChanged(Rights rights) implements NodeEvent {}

    /**
     * Somebody asks this session, the holder, for the pen.
     *
     * @param withinMillis how long there is to answer before the pen moves
     */
    record Requested(String document, long epoch, Member by, long withinMillis) implements NodeEvent {}

    /** New entries of the log, in order, without a gap to what was told before. */
    record Entries(String document, List<Entry> entries) implements NodeEvent {}

    /** A member's signal: not stored, the latest counts. */
    record Signal(String document, String session, Object data) implements NodeEvent {}

    /** The node asks the holder for the whole content, as of {@code seq} or later. */
    record SnapshotWanted(String document, long seq) implements NodeEvent {}

    /**
     * An error that answers no request of this client's.
     *
     * @param retryMillis when trying again makes sense
     */
    record Failed(String code, String message, OptionalLong retryMillis) implements NodeEvent {}

    /**
     * A frame that is none of the others: an answer nobody waits for, a type this client does not know, or one that it
     * could not read.
     */
    record Other(JsonObject frame) implements NodeEvent {}

    /**
     * The connection is over; always the last event, and always told.
     *
     * @param code the close code; 1006 when there was no close frame, also when this client gave a silent node up
     * @param reason the words with it; empty when there were none
     */
    record Closed(int code, String reason) implements NodeEvent {}
}
