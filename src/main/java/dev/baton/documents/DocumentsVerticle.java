package dev.baton.documents;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;

/**
 * Serves {@link #ADDRESS} on the cluster's event bus: a request {@code {action, document, session}} is replied to with
 * what the {@link DocumentDesk} answers, or with a {@code ReplyException} that carries a {@link DeskException}'s code
 * and words. Every node serves it, each request goes to one of them. One instance a node.
 */
public final class DocumentsVerticle extends VerticleBase {

    /** Where to ask. */
    public static final String ADDRESS = "baton.documents";

    private final DocumentDesk desk;

    /** Puts that desk on the bus. */
    public DocumentsVerticle(DocumentDesk desk) {
        this.desk = desk;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Object>consumer(ADDRESS, this::asked).completion();
    }

    private void asked(Message<Object> message) {
        // Composed, so that a body of another kind than expected is answered like any other mistake.
        Future.succeededFuture()
                .compose(start -> answer(message.body()))
                .onSuccess(message::reply)
                .onFailure(failure -> {
                    int code = failure instanceof DeskException known ? known.code() : DeskException.BAD;
                    message.fail(code, failure.getMessage());
                });
    }

    private Future<JsonObject> answer(Object body) {
        if (!(body instanceof JsonObject request)) {
            throw bad("the body must be a JSON object");
        }
        String action = Ask.text(request, "action");
        return switch (action) {
            case "state" -> desk.state(Ask.text(request, "document"));
            case "members" -> desk.members(Ask.text(request, "document"));
            case "handover" -> desk.handOver(Ask.text(request, "document"), Ask.text(request, "session"));
            case "remove" -> desk.remove(Ask.text(request, "document"), Ask.text(request, "session"));
            default -> throw bad("action must be state, members, handover or remove");
        };
    }

    private static DeskException bad(String message) {
        return new DeskException(DeskException.BAD, message);
    }
}
