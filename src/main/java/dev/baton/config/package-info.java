/**
 * What a node can be told: every setting, where it may come from, and what it may be. Starts nothing, reads the files.
 */
package dev.baton.config;
