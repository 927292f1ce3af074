package dev.baton.gateway;

import dev.baton.config.Settings;
import dev.baton.heartbeat.Pace;
import dev.baton.protocol.MessageReader;
import dev.baton.room.Rooms;
import dev.baton.session.Sessions;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What every connection of a node works with. Immutable; any thread. */
final class GatewayServices {
    private final String node;
    private final Settings settings;
    private final Sessions sessions;
    private final Greeter greeter;
    private final Rooms rooms;
    private final Connections connections;
    private final MessageReader reader;
    private final Pace ordinary;
    private final Pace editor;
    private final Pace stranger;
    private final SortedMap<String, Long> grace;
    private final SortedMap<String, Long> limits;

    GatewayServices(
            String node, Settings settings, Sessions sessions, Greeter greeter, Rooms rooms, Connections connections) {
        this.node = node;
        this.settings = settings;
        this.sessions = sessions;
        this.greeter = greeter;
        this.rooms = rooms;
        this.connections = connections;
        Settings.Heartbeat beat = settings.heartbeat();
        this.ordinary = Pace.of(beat.interval(), beat.timeout());
        this.editor = Pace.of(beat.editorInterval(), beat.editorTimeout());
        long hello = settings.limits().hello().toMillis();
        this.stranger = new Pace(Math.max(1, hello / 2), hello);
        int single = Math.min(settings.limits().data(), settings.limits().message() / 2);
        this.reader = new MessageReader(
                settings.limits().name(),
                single,
                settings.limits().data(),
                settings.limits().snapshot());
        Settings.Handover handover = settings.handover();
        this.grace = new TreeMap<>(Map.of(
                "closed", handover.graceClosed().toMillis(),
                "timeout", handover.graceTimeout().toMillis(),
                "node", handover.graceNode().toMillis()));
        this.limits = new TreeMap<>();
        limits.put("message", (long) settings.limits().message());
        limits.put("data", (long) single);
        limits.put("updateData", (long) settings.limits().data());
        limits.put("snapshot", (long) settings.limits().snapshot());
        limits.put("documents", (long) settings.limits().documents());
        limits.put("rate", (long) settings.limits().rate());
        limits.put("bytes", (long) settings.limits().bytes());
    }

    String node() {
        return node;
    }

    Settings.Limits allowed() {
        return settings.limits();
    }

    Sessions sessions() {
        return sessions;
    }

    Greeter greeter() {
        return greeter;
    }

    Rooms rooms() {
        return rooms;
    }

    Connections connections() {
        return connections;
    }

    MessageReader reader() {
        return reader;
    }

    /** Whoever holds no pen. */
    Pace ordinary() {
        return ordinary;
    }

    /** Whoever holds one. */
    Pace editor() {
        return editor;
    }

    /** Whoever has not said hello. */
    Pace stranger() {
        return stranger;
    }

    /** How long locks stay reserved, as told in {@code welcome}. */
    SortedMap<String, Long> grace() {
        return grace;
    }

    /** As told in {@code welcome}. */
    SortedMap<String, Long> limits() {
        return limits;
    }
}
