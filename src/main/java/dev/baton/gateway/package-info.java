/**
 * The edge: handshakes, frames and messages, heartbeats, limits. One {@link dev.baton.gateway.ServerVerticle} an event
 * loop; a connection lives and dies on its loop. Knows nothing of Hazelcast and SQL.
 */
package dev.baton.gateway;
