/**
 * Who a client is and what it may do: tokens, the keys they are checked with, and the roles they grant. Knows nothing
 * of sockets, sessions and documents.
 */
package dev.baton.auth;
