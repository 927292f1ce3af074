package dev.baton.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a request that nothing can be made of: an answer {@code {"error": …}} that says what is wrong with
 * it, and no line in the log, which anybody could fill. Of a failure that is this node's own the log says what it was,
 * and the answer that there was one. Left to itself, Vert.x answers a path that cannot be decoded as if it were the
 * server's fault, and logs a stack trace each time.
 */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** What Vert.x calls it when the sender of a body has gone before its end: there is nobody to answer. */
    private static final int CUT_OFF = 200;

    private static final int BAD = 400;
    private static final int NOT_FOUND = 404;

    /** Left to Vert.x, which alone knows the methods that the answer has to name, and logs nothing of it. */
    private static final int OTHER_METHOD = 405;

    private static final int TOO_LARGE = 413;
    private static final int INTERNAL = 500;

    private Failures() {}

    /** Has that router answer so, and returns it. To be called before it is given any route. */
    public static Router answered(Router router) {
        router.route().handler(Failures::onlyReadable);
        router.errorHandler(CUT_OFF, routed -> {});
        IntStream.range(BAD, INTERNAL)
                .filter(status -> status != OTHER_METHOD)
                .forEach(status -> router.errorHandler(status, routed -> answer(routed, status, wrong(status))));
        router.errorHandler(INTERNAL, Failures::internal);
        return router;
    }

    private static String wrong(int status) {
        return switch (status) {
            case BAD -> "the request cannot be read";
            case NOT_FOUND -> "there is nothing here";
            case TOO_LARGE -> "the body is too large";
            default -> HttpResponseStatus.valueOf(status).reasonPhrase();
        };
    }

    private static void onlyReadable(RoutingContext routed) {
        if (readable(routed)) {
            routed.next();
        } else {
            answer(routed, BAD, "the address has a % that no two hexadecimal digits follow");
        }
    }

    private static boolean readable(RoutingContext routed) {
        try {
            return routed.normalizedPath() != null && routed.request().params() != null;
        } catch (IllegalArgumentException undecodable) {
            return false;
        }
    }

    private static void internal(RoutingContext routed) {
        if (routed.response().closed() || routed.failure() instanceof IOException) {
            LOG.debug("{} was not waited for: {}", routed.request().path(), routed.failure());
            return;
        }
        LOG.error("{} could not be answered", routed.request().path(), routed.failure());
        answer(routed, INTERNAL, "internal error");
    }

    private static void answer(RoutingContext routed, int status, String message) {
        if (!routed.response().ended()) {
            routed.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(new JsonObject().put("error", message).encode());
        }
    }
}
