/** What an operator sees: health. */
package dev.baton.ops;
