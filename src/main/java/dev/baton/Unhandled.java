package dev.baton;

import io.vertx.core.Handler;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is thrown on a context and nobody handles: an error of this program's, told with where it comes from. But for
 * one of Vert.x's: what is published goes to several nodes with one promise, which is completed by the first, and so
 * cannot be failed by another whose connection has just been closed, as whenever a node leaves (eclipse-vertx/vert.x,
 * issue 4922). Any thread.
 */
final class Unhandled implements Handler<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(Unhandled.class);

    /** Vert.x's, for one write on a connection; not public. */
    private static final String WRITE = "io.vertx.core.net.impl.DelegatingChannelPromise";

    @Override
    public void handle(Throwable failure) {
        if (isSecondWrite(failure)) {
            LOG.debug("published to a node that has just gone: {}", failure.toString());
        } else {
            LOG.error("unhandled", failure);
        }
    }

    /**
     * Whether a write was to complete a promise that another one had completed; between the two is nothing but Vert.x.
     */
    static boolean isSecondWrite(Throwable failure) {
        List<String> classes = Arrays.stream(failure.getStackTrace())
                .map(StackTraceElement::getClassName)
                .toList();
        return failure instanceof IllegalStateException
                && classes.contains(WRITE)
                && classes.subList(0, classes.indexOf(WRITE)).stream().allMatch(name -> name.startsWith("io.vertx."));
    }
}
