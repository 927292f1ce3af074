/**
 * This node's members of a document: where sessions, presence, the pen and the log meet, and where frames go out to
 * many. Everything here runs on one context a node, that of {@link dev.baton.room.RoomVerticle}.
 */
package dev.baton.room;
