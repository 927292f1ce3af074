/** Baton: one cluster node for collaborative editing; this package starts it. */
package dev.baton;
