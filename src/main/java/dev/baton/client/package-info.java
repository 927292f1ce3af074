/**
 * A client of the node's WebSocket protocol. {@link dev.baton.client.BatonClient} is one connection;
 * {@link dev.baton.client.ReconnectingClient} is one session that outlives its connections. Neither depends on anything
 * else of Baton, and both keep to one Vert.x context: what they call back, they call there.
 */
package dev.baton.client;
