/**
 * Who holds the pen. {@link dev.baton.rights.EditLock} decides, as a plain value; the entry processor and
 * {@link dev.baton.rights.EditorLockVerticle} around it carry its decisions out. Knows nothing of sockets.
 */
package dev.baton.rights;
