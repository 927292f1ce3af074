package dev.baton.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.TcpIpConfig;
import dev.baton.config.HostPort;
import dev.baton.config.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where other members may be: the ones configured, with every port they may have taken, and those that were members
 * before. Hazelcast asks for them when it joins and whenever it looks for a cluster that it was split from; each time,
 * names are looked up again, and only addresses on which somebody listens are handed out.
 *
 * <p>That last point is why this is not a plain list. Looking for a split-off cluster, Hazelcast 5.3 goes through the
 * list one by one and waits 5 s for each address that refuses the connection
 * ({@code AbstractJoiner.sendSplitBrainJoinMessage}): a minute and a half for the ports of one machine, during which
 * two halves of a cluster stay apart.
 *
 * <p>A DNS name of a headless Kubernetes service stands for all its pods, so it needs nothing beyond this either.
 */
final class AddressesToJoin extends TcpIpConfig implements MembershipListener {

    /**
     * Enough for a connection within one data centre; a member farther away than that could not keep the lease either.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** How long an address that was a member's is still tried: Hazelcast's own value for the same purpose. */
    private static final Duration REMEMBERED = Duration.ofHours(4);

    private final List<HostPort> seeds;
    private final int firstPort;
    private final int ports;
    private final Map<InetSocketAddress, Long> gone = new ConcurrentHashMap<>();
    private volatile Cluster cluster;

    AddressesToJoin(Settings.Cluster settings, int ports) {
        this.seeds = settings.seeds();
        this.firstPort = settings.port();
        this.ports = ports;
        setEnabled(true);
        // How long nodes that start together wait for one that is the master already, before one of them claims to be
        // (a running master would object). The usual 5 s are what such a start would take.
        setConnectionTimeoutSeconds(1);
    }

    /** From now on the members there are need not be looked for. */
    void joined(Cluster joined) {
        this.cluster = joined;
    }

    /** {@inheritDoc} Looks names up and tries ports, so it takes up to half a second beyond the names' time. */
    @Override
    public List<String> getMembers() {
        Set<InetSocketAddress> candidates = new HashSet<>();
        seeds.forEach(seed -> candidates.addAll(candidates(seed)));
        long now = System.nanoTime();
        gone.values().removeIf(at -> now - at > REMEMBERED.toNanos());
        candidates.addAll(gone.keySet());
        present().forEach(candidates::remove);
        return AddressesOpen.among(candidates, PATIENCE).stream()
                .map(AddressesToJoin::text)
                .toList();
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        gone.remove(address(event.getMember()));
    }

    /** It may have been cut off instead of having ended. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        gone.put(address(event.getMember()), System.nanoTime());
    }

    private List<InetSocketAddress> candidates(HostPort seed) {
        List<InetSocketAddress> found = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(seed.host())) {
                IntStream tried = seed.port().isPresent()
                        ? IntStream.of(seed.port().getAsInt())
                        : IntStream.range(firstPort, firstPort + ports);
                tried.forEach(port -> found.add(new InetSocketAddress(address, port)));
            }
        } catch (UnknownHostException e) {
            // A member that has not started yet often has no name yet; it is looked up again next time.
        }
        return found;
    }

    private Stream<InetSocketAddress> present() {
        Cluster now = cluster;
        return now == null ? Stream.empty() : now.getMembers().stream().map(AddressesToJoin::address);
    }

    private static InetSocketAddress address(Member member) {
        Address address = member.getAddress();
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    private static String text(InetSocketAddress address) {
        return new HostPort(address.getAddress().getHostAddress(), OptionalInt.of(address.getPort())).toString();
    }
}
