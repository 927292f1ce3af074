/**
 * What Baton costs and how fast it is, measured from outside: {@link dev.baton.bench.Bench} is the command. The server
 * is the jar in a process of its own on one core, the load runs on another, and a server written by hand is measured
 * beside it.
 */
package dev.baton.bench;
