/**
 * A swarm of WebSocket clients that watches a node from outside: are all pinged on their beat, is the silent closed in
 * time, is nobody else closed. {@link dev.baton.load.Swarm} is its command line.
 */
package dev.baton.load;
