package dev.baton.documents;

import dev.baton.web.PageFiles;
import dev.baton.web.Reads;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The {@link DocumentDesk} over HTTP, for the management port: whoever reaches that port may use it. What it offers is
 * described in {@code /api/openapi.json}.
 *
 * <p>A page that an operator's browser has open must not: what changes something takes JSON, which a page of another
 * origin may not send unasked, and a request that names another origin is turned away.
 */
public final class DocumentsApi implements Consumer<Router> {

    /** The description, as a resource and as a path below {@code /api}. */
    public static final String DESCRIPTION = "openapi.json";

    private static final String JSON = "application/json";
    private static final int FORBIDDEN = 403;
    private static final int UNSUPPORTED = 415;
    private static final int BODY = 4_096;

    private final DocumentDesk desk;

    /** For that desk. */
    public DocumentsApi(DocumentDesk desk) {
        this.desk = desk;
    }

    /** Adds its paths. */
    @Override
    public void accept(Router router) {
        router.route("/api/*").handler(DocumentsApi::ownPagesOnly);
        Reads.at(router, "/api/" + DESCRIPTION).handler(new PageFiles("/api/", "openapi"));
        Reads.at(router, "/api/documents").handler(routed -> answer(routed, this::list));
        Reads.at(router, "/api/documents/state")
                .handler(routed -> answer(routed, asked -> desk.state(parameter(asked, "document"))));
        Reads.at(router, "/api/documents/members")
                .handler(routed -> answer(routed, asked -> desk.members(parameter(asked, "document"))));
        router.post("/api/documents/handover")
                .handler(BodyHandler.create(false).setBodyLimit(BODY))
                .handler(routed -> answer(routed, asked -> {
                    JsonObject body = body(asked);
                    return desk.handOver(Ask.text(body, "document"), Ask.text(body, "session"));
                }));
        router.post("/api/documents/remove")
                .handler(BodyHandler.create(false).setBodyLimit(BODY))
                .handler(routed -> answer(routed, asked -> {
                    JsonObject body = body(asked);
                    return desk.remove(Ask.text(body, "document"), Ask.text(body, "session"));
                }));
    }

    private Future<JsonObject> list(RoutingContext asked) {
        String limit = asked.request().getParam("limit", Integer.toString(DocumentDesk.PAGE));
        if (!limit.matches("[0-9]{1,9}")) {
            throw new DeskException(DeskException.BAD, "limit must be from 1 to " + DocumentDesk.PAGE);
        }
        return desk.list(asked.request().getParam("after", ""), Integer.parseInt(limit));
    }

    private static void ownPagesOnly(RoutingContext routed) {
        String origin = routed.request().getHeader(HttpHeaders.ORIGIN);
        String host = routed.request().getHeader(HttpHeaders.HOST);
        if (origin != null && !own(origin, host)) {
            fail(routed, FORBIDDEN, "not for pages of another origin");
        } else {
            routed.next();
        }
    }

    /** The name in {@code Host} is one of this node's, or the request would not have come here. */
    private static boolean own(String origin, String host) {
        return origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    private static String parameter(RoutingContext asked, String name) {
        String value = asked.request().getParam(name);
        if (value == null) {
            throw new DeskException(DeskException.BAD, name + " is missing");
        }
        return value;
    }

    private static JsonObject body(RoutingContext asked) {
        String type = asked.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].trim().equalsIgnoreCase(JSON)) {
            throw new DeskException(UNSUPPORTED, "Content-Type must be " + JSON);
        }
        try {
            if (asked.body().buffer() != null) {
                return asked.body().buffer().toJsonObject();
            }
        } catch (DecodeException notOne) {
            // The same answer as to no body at all.
        }
        throw new DeskException(DeskException.BAD, "the body must be a JSON object");
    }

    private static void answer(RoutingContext routed, Function<RoutingContext, Future<JsonObject>> action) {
        // Composed, so that what is thrown on the way is answered like what fails.
        Future.succeededFuture()
                .compose(start -> action.apply(routed))
                .onSuccess(json -> send(routed, 200, json))
                .onFailure(failure -> {
                    int code = failure instanceof DeskException known ? known.code() : DeskException.INTERNAL;
                    fail(routed, code, failure.getMessage());
                });
    }

    private static void fail(RoutingContext routed, int status, String message) {
        send(routed, status, new JsonObject().put("error", message));
    }

    private static void send(RoutingContext routed, int status, JsonObject json) {
        routed.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(json.encode());
    }
}
