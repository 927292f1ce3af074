/** How a node is configured, found by the others, and how it speaks to them. Knows nothing of documents. */
package dev.baton.cluster;
