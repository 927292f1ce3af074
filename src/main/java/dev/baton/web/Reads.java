package dev.baton.web;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** Routes for what is read: GET, and HEAD, which is answered as GET is and without the body (RFC 9110, 9.3.2). */
public final class Reads {
    private Reads() {}

    /** Of every path. */
    public static Route all(Router router) {
        return router.route().method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** Of that path, written as for {@link Router#get(String)}. */
    public static Route at(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }
}
