/** What the HTTP servers of a node have in common. */
package dev.baton.web;
