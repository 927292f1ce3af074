package dev.baton.it;

import java.time.Duration;

/** The editor page in a tab, as somebody who writes with others uses it. For the test's thread. */
final class EditorPage {
    private static final String EDITOR = "document.querySelector('#text .CodeMirror').CodeMirror";
    private static final String WRITABLE = "!" + EDITOR + ".getOption('readOnly')";

    private final Tab tab;

    private EditorPage(Tab tab) {
        this.tab = tab;
    }

    /** Opens a node's page in a new tab, and enters a document by the form. */
    static EditorPage enter(Browser browser, int port, String document, String name, String mode) {
        Tab tab = browser.open("http://127.0.0.1:" + port + "/#" + document);
        tab.await("document.getElementById('start') && !document.getElementById('start').hidden");
        tab.evaluate("document.getElementById('name').value = '" + name + "'");
        tab.click("input[name=mode][value=" + mode + "]");
        tab.click("#start-form button");
        EditorPage page = new EditorPage(tab);
        page.awaitLink("online");
        tab.await("document.getElementById('pen').dataset.state !== 'none'");
        return page;
    }

    Tab tab() {
        return tab;
    }

    // ---- what they do ---------------------------------------------------------------------------------------------

    /** Types at the end of the text, and sees it there. */
    void write(String text) {
        tab.await(WRITABLE);
        tab.evaluate(EDITOR + ".focus(), " + EDITOR + ".setCursor(" + EDITOR + ".lineCount())");
        String before = text();
        tab.type(text);
        awaitText(before + text);
    }

    /** Begins a new line where they type. */
    void newLine() {
        String before = text();
        tab.press("Enter");
        awaitText(before + "\n");
    }

    /** Types, and waits until it is stored. */
    void writeAndKeep(String text) {
        write(text);
        tab.await("document.getElementById('saved').textContent === 'All stored'");
    }

    /** Asks for the pen. */
    void ask() {
        tab.click("#pen-actions [data-id=ask]");
    }

    /** Answers whoever asks. */
    void answer(boolean accept) {
        tab.click("#requests li button" + (accept ? "" : ":nth-of-type(2)"));
    }

    /** Gives the pen to somebody from the list of who is here. */
    void handOverTo(String name) {
        tab.click("#people button[aria-label*='" + name + "']");
    }

    // ---- what they see --------------------------------------------------------------------------------------------

    /** The text, as it is shown. */
    String text() {
        return String.valueOf(tab.evaluate(EDITOR + ".getValue()"));
    }

    /** Waits until the text is this. */
    void awaitText(String text) {
        tab.await(EDITOR + ".getValue() === " + quoted(text));
    }

    /** Waits until they may write, and says for how long, in milliseconds. */
    long awaitPen(Duration atMost) {
        return tab.await("document.getElementById('pen').dataset.state === 'mine' && " + WRITABLE, atMost);
    }

    /** Waits until they may not write. */
    void awaitReadOnly() {
        tab.await("!(" + WRITABLE + ")");
    }

    /** Waits for a state of the connection: {@code online}, {@code waiting}, {@code ended}. */
    long awaitLink(String state) {
        return tab.await(
                "document.getElementById('connection').dataset.state === '" + state + "'", Duration.ofSeconds(40));
    }

    /** Waits for a draft that holds this. */
    void awaitDraft(String text) {
        tab.await("[...document.querySelectorAll('#draft-list textarea')].some((draft) => draft.value.includes("
                + quoted(text) + "))");
    }

    /** Waits until a list shows something. */
    void awaitWords(String selector, String words) {
        tab.await("document.querySelector('" + selector + "')?.innerText.includes(" + quoted(words) + ")");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }
}
