/**
 * Whom to ping and who is silent: a wheel that says so for all sockets of one event loop, turned by one timer. Plain
 * Java; time is a parameter. Knows nothing of sockets.
 */
package dev.baton.heartbeat;
