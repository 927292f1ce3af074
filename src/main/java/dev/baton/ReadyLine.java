package dev.baton;

/** The one line on standard output, which says that a node serves and where. */
final class ReadyLine {
    private ReadyLine() {}

    @SuppressWarnings("SystemOut") // whoever starts a node waits for this line there; the log goes to standard error
    static void print(String node, int http, int management, int members) {
        System.out.println(
                "baton ready node=" + node + " http=" + http + " management=" + management + " cluster=" + members);
        System.out.flush();
    }
}
