/**
 * Who is in a document. Each node keeps the roster of its own members and tells the others; what a member is shown is
 * all of them put together. Knows nothing of locks and sockets.
 */
package dev.baton.presence;
