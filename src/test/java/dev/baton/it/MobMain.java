package dev.baton.it;

import dev.baton.auth.Issuer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A {@link Mob} that is a process of its own; for each line it reads it says how it stands. Ends with its input. */
public final class MobMain {
    private MobMain() {}

    /**
     * Takes the node's port, the secret that tokens are signed with, by how many users the mob comes, the resume secret
     * of somebody else's session, the document which that one is in, how many there are, how long whoever was cut off
     * stays away, and when the last has begun.
     */
    @SuppressWarnings("SystemOut") // its way to the test
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        Issuer issuer = Issuer.hs256(args[1]);
        int users = Integer.parseInt(args[2]);
        try (Mob mob = Mob.gather(
                        Integer.parseInt(args[5]),
                        Duration.parse(args[6]),
                        Duration.parse(args[7]),
                        i -> new Misdeed.Knowledge(
                                port,
                                issuer.tokenFor("eve-" + i % users, new JsonObject().put("*", "view")),
                                args[3],
                                args[4]));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (in.readLine() != null) {
                System.out.println(mob.there() + " " + mob.came() + " " + mob.failed());
            }
        }
    }
}
