/**
 * What other programs may ask of documents: over the cluster's event bus, and over HTTP on the management port. Both
 * are thin; {@link dev.baton.documents.DocumentDesk} does what they ask.
 */
package dev.baton.documents;
