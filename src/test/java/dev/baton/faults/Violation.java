package dev.baton.faults;

/** Something that must never be was seen: which of the invariants it breaks, and what it was. */
record Violation(int invariant, String words) {
    @Override
    public String toString() {
        return "invariant " + invariant + ": " + words;
    }
}
