/**
 * The durable log of documents: who may write (the epoch and its holder), what was written (one dense sequence of
 * entries per document) and what it amounts to (snapshots), in SQLite or PostgreSQL. This is the truth the cluster
 * comes back from; it knows nothing of sockets, locks or other nodes, and stays right when several nodes use one store
 * at once.
 */
package dev.baton.log;
