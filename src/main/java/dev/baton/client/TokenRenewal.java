package dev.baton.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Gets a token before each connection, and shows the node a new one on the connection that is there before the old one
 * expires. Confined to the client's context.
 */
final class TokenRenewal {

    /** How long before its end a token is renewed at the latest. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    /** When a token is renewed that this machine's clock calls expired although the node has taken it. */
    private static final Duration LATE = Duration.ofSeconds(10);

    /** The waits before a token that could not be renewed is asked for again. */
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private static final int NOT_AUTHENTICATED = 4401;
    private static final int EXPIRED = 4503;

    private final Vertx vertx;
    private final Context context;
    private final Optional<Supplier<Future<String>>> source;
    private final Duration patience;
    private long timer = -1;
    private boolean refused;

    TokenRenewal(Vertx vertx, Context context, ClientOptions options) {
        this.vertx = vertx;
        this.context = context;
        this.source = options.tokens();
        this.patience = options.connectTimeout();
    }

    /** The options for the next connection; fails when no token came in time. */
    Future<ClientOptions> next(ClientOptions options) {
        return source.map(tokens -> ask(tokens).map(options::withToken)).orElse(Future.succeededFuture(options));
    }

    /** Whether another token may help after a connection ended so: after 4503, and once after 4401. */
    boolean helpsAfter(int closeCode) {
        boolean helps = source.isPresent() && (closeCode == EXPIRED || (closeCode == NOT_AUTHENTICATED && !refused));
        refused |= closeCode == NOT_AUTHENTICATED;
        return helps;
    }

    /** The node has taken this token. */
    void welcomed(BatonClient client, ClientOptions shown) {
        refused = false;
        renewLater(client, shown);
    }

    /** There is no connection any more. */
    void offline() {
        vertx.cancelTimer(timer);
    }

    private void renewLater(BatonClient client, ClientOptions shown) {
        offline();
        if (source.isPresent()) {
            shown.token()
                    .map(token -> renewIn(token, System.currentTimeMillis()))
                    .filter(OptionalLong::isPresent)
                    .ifPresent(wait -> timer = vertx.setTimer(wait.getAsLong(), fired -> renew(client, shown, 0)));
        }
    }

    private void renew(BatonClient client, ClientOptions shown, int attempt) {
        next(shown).compose(fresh -> client.hello(fresh).map(fresh)).onComplete(renewed -> {
            if (!client.isOpen()) {
                return;
            }
            if (renewed.succeeded()) {
                renewLater(client, renewed.result());
            } else {
                long wait = AGAIN.delay(attempt, Math.random()).toMillis();
                timer = vertx.setTimer(wait, fired -> renew(client, shown, attempt + 1));
            }
        });
    }

    /** On this client's context, whichever the application completes its future on, and however long that takes. */
    private Future<String> ask(Supplier<Future<String>> tokens) {
        Promise<String> token = Promise.promise();
        Future<String> asked;
        try {
            asked = tokens.get();
        } catch (RuntimeException failed) {
            asked = Future.failedFuture(failed);
        }
        asked.timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(answer -> context.runOnContext(go -> token.handle(answer)));
        return token.future();
    }

    /**
     * In how many milliseconds a token is to be renewed: a minute before its end, and not before half of the time that
     * is left. Empty for one that does not tell its end.
     */
    static OptionalLong renewIn(String token, long nowMillis) {
        OptionalLong end = expiry(token);
        if (end.isEmpty()) {
            return end;
        }
        long left = end.getAsLong() - nowMillis;
        return OptionalLong.of(left <= 0 ? LATE.toMillis() : Math.max(1, Math.max(left / 2, left - EARLY.toMillis())));
    }

    private static OptionalLong expiry(String token) {
        try {
            byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
            long seconds = new JsonObject(new String(claims, StandardCharsets.UTF_8)).getLong("exp", 0L);
            return seconds > 0 ? OptionalLong.of(TimeUnit.SECONDS.toMillis(seconds)) : OptionalLong.empty();
        } catch (RuntimeException notReadable) {
            return OptionalLong.empty();
        }
    }
}
