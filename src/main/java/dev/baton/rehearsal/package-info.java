/** What a node tries out before it is ready, so that the first who need it do not wait longer than the others. */
package dev.baton.rehearsal;
