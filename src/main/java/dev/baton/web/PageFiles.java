package dev.baton.web;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Serves the files of a folder of the class path from memory; a path that ends with {@code /} stands for its
 * {@code index.html}. What is not there is left to the next handler. Each file is read once, off the event loop.
 * Vert.x's own handler would first unpack the files into a temporary folder, which a killed node leaves behind. Any
 * event loop.
 */
public final class PageFiles implements Handler<RoutingContext> {
    /** Nothing that climbs out of the folder, and nothing hidden. */
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_@-][A-Za-z0-9._@-]*/)*[A-Za-z0-9_@-][A-Za-z0-9._@-]*");

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html;charset=UTF-8"),
            Map.entry("css", "text/css;charset=UTF-8"),
            Map.entry("js", "text/javascript;charset=UTF-8"),
            Map.entry("mjs", "text/javascript;charset=UTF-8"),
            Map.entry("cjs", "text/javascript;charset=UTF-8"),
            Map.entry("ts", "text/plain;charset=UTF-8"),
            Map.entry("cts", "text/plain;charset=UTF-8"),
            Map.entry("txt", "text/plain;charset=UTF-8"),
            Map.entry("md", "text/markdown;charset=UTF-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("tgz", "application/gzip"));

    private final String mount;
    private final String folder;
    private final Map<String, Buffer> read = new ConcurrentHashMap<>();

    /**
     * Of the paths below {@code mount}, which ends with {@code /}, that name a file in that folder.
     *
     * @param folder of the class path, without slashes around it
     */
    public PageFiles(String mount, String folder) {
        this.mount = mount;
        this.folder = folder;
    }

    @Override
    public void handle(RoutingContext routed) {
        String path = routed.normalizedPath();
        String below = path.startsWith(mount) ? path.substring(mount.length()) : path;
        String name = below.isEmpty() || below.endsWith("/") ? below + "index.html" : below;
        Buffer known = read.get(name);
        if (known != null) {
            send(routed, name, known);
        } else if (NAME.matcher(name).matches()) {
            routed.vertx()
                    .executeBlocking(() -> load(name), false)
                    .onSuccess(found -> found.ifPresentOrElse(content -> send(routed, name, content), routed::next))
                    .onFailure(routed::fail);
        } else {
            routed.next();
        }
    }

    private Optional<Buffer> load(String name) throws IOException {
        try (InputStream stream = PageFiles.class.getResourceAsStream("/" + folder + "/" + name)) {
            if (stream == null) {
                return Optional.empty();
            }
            Buffer content = Buffer.buffer(stream.readAllBytes());
            read.put(name, content);
            return Optional.of(content);
        }
    }

    private static void send(RoutingContext routed, String name, Buffer content) {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        routed.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, TYPES.getOrDefault(ending, "application/octet-stream"))
                .end(content);
    }
}
