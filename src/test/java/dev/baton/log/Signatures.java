package dev.baton.log;

/** What nodes say of themselves in tests in which that does not matter. */
final class Signatures {
    static final Signature MINE = new Signature(0, 5_000, true, "here", "cluster a");

    private Signatures() {}
}
