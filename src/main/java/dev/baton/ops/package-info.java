/** What an operator sees: health and metrics. */
package dev.baton.ops;
