/**
 * Who is connected: sessions that outlive a socket and a node, the secrets they are resumed with, and the news of who
 * came and went. Knows nothing of sockets.
 */
package dev.baton.session;
