/**
 * Faults: real nodes in network namespaces of their own, a real PostgreSQL in another, clients that write, watch and
 * vanish, somebody who kills, stops and cuts off, and checkers that know the protocol and nothing of what is behind it.
 */
package dev.baton.faults;
