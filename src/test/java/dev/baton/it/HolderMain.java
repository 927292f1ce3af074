package dev.baton.it;

import dev.baton.client.BatonClient;
import dev.baton.client.ClientOptions;
import dev.baton.client.Joined;
import dev.baton.client.Mode;
import dev.baton.client.Waiting;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A client that is a process of its own, so that it can be killed and stopped: joins a document to edit, says with
 * which session and epoch, and says something in it for each line it reads. Ends with its input.
 */
public final class HolderMain {
    private HolderMain() {}

    /** Takes the node's address, the user's name and the document. */
    @SuppressWarnings("SystemOut") // its way to the test
    public static void main(String[] args) throws IOException {
        Vertx vertx = Vertx.vertx();
        BatonClient client =
                Waiting.on(BatonClient.connect(vertx, ClientOptions.to(args[0]).withUser(args[1], args[1])));
        Joined joined = Waiting.on(client.join(args[2], Mode.EDIT));
        System.out.println("joined " + client.session() + " " + joined.rights().you() + " "
                + joined.rights().epoch());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(
                        "said " + Waiting.on(client.say(args[2], line, line)).seq());
            }
        }
        Waiting.on(vertx.close());
    }
}
