package dev.baton.ops;

import dev.baton.web.PageFiles;
import dev.baton.web.Reads;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import java.util.function.Consumer;

/**
 * The page for whoever runs the cluster, at {@code /console/} of the management port: files that ask {@code /api},
 * {@code /metrics} and {@code /health/ready} from the browser. Whoever reaches that port may use it.
 */
public final class ConsolePage implements Consumer<Router> {
    private static final int ELSEWHERE = 308;

    /** Adds its paths. */
    @Override
    public void accept(Router router) {
        Reads.at(router, "/console").handler(routed -> {
            if (routed.request().path().endsWith("/")) {
                routed.next();
            } else {
                routed.response()
                        .setStatusCode(ELSEWHERE)
                        .putHeader(HttpHeaders.LOCATION, "console/") // a proxy may serve it below another path
                        .end();
            }
        });
        Reads.at(router, "/console/*")
                .handler(routed -> {
                    routed.response()
                            .putHeader("X-Content-Type-Options", "nosniff")
                            .putHeader("Referrer-Policy", "no-referrer")
                            .putHeader(
                                    "Content-Security-Policy",
                                    "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'");
                    routed.next();
                })
                .handler(new PageFiles("/console/", "console"));
    }
}
