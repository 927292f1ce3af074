/** How a node joins and leaves the cluster. Knows nothing of documents. */
package dev.baton.cluster;
