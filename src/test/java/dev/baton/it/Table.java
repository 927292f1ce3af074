package dev.baton.it;

import static dev.baton.it.Person.SOON;
import static org.awaitility.Awaitility.await;

import dev.baton.client.Mode;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** One document with who is in it: one who holds its pen, one who is next, and readers. */
record Table(String document, Regular holder, List<Regular> others) {

    /** Everybody comes by way of that address, and is in when this returns. */
    static Table of(Vertx vertx, String uri, String document, int readers) {
        Regular holder = Regular.in(vertx, uri, document, "holder", Mode.EDIT);
        await().atMost(SOON).until(holder::holds);
        List<Regular> others = new ArrayList<>();
        others.add(Regular.in(vertx, uri, document, "next", Mode.EDIT));
        for (int i = 0; i < readers; i++) {
            others.add(Regular.in(vertx, uri, document, "reader-" + i, Mode.VIEW));
        }
        return new Table(document, holder, others);
    }

    List<Regular> all() {
        List<Regular> all = new ArrayList<>(others);
        all.add(holder);
        return all;
    }
}
