/**
 * The words of the wire: what a client says, what a node says, and the values both speak of. Parsing happens here
 * and nowhere else, and so does writing. Nothing in this package does I/O.
 */
package dev.baton.protocol;
