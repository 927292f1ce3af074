package dev.baton.room;

import com.hazelcast.map.IMap;
import dev.baton.cluster.ClusterNode;
import dev.baton.cluster.Lease;
import dev.baton.log.DocumentLog;
import dev.baton.presence.Roster;
import dev.baton.presence.RosterKey;
import dev.baton.rights.HolderLoss;
import dev.baton.rights.Locks;
import dev.baton.session.Sessions;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * What every room of a node works with.
 *
 * @param vertx the node's Vert.x
 * @param context where all rooms run
 * @param node this node in the cluster
 * @param lease what this node may do just now
 * @param sessions who is connected
 * @param locks the pens
 * @param losses is told of holders whose connections here were lost
 * @param log what lasts
 * @param rosters who is where, kept for those who come
 * @param meters what is counted
 * @param newDocuments how many documents may be made
 * @param message the most bytes of a message
 * @param answer how long a holder has to answer a request
 */
record RoomServices(
        Vertx vertx,
        Context context,
        ClusterNode node,
        Lease lease,
        Sessions sessions,
        Locks locks,
        HolderLoss losses,
        DocumentLog log,
        IMap<RosterKey, Roster> rosters,
        RoomMeters meters,
        NewDocuments newDocuments,
        int message,
        Duration answer) {}
