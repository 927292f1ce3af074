package dev.baton.it;

import java.time.Duration;

/** The editor page in a tab, as somebody who writes with others uses it. For the test's thread. */
final class EditorPage {
    private static final String EDITOR = "EditorView.findFromDOM(document.getElementById('text'))";
    private static final String TEXT = EDITOR + ".state.doc.toString()";
    private static final String WRITABLE = "!" + EDITOR + ".state.readOnly";

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
        page.open();
        return page;
    }

    /** Lets a test look into the editor, also after the page was loaded again. */
    void open() {
        tab.evaluate(
                "import('./lib/codemirror/view/index.js').then((all) => void (globalThis.EditorView = all.EditorView))");
        tab.await(EDITOR);
    }

    Tab tab() {
        return tab;
    }

    // ---- what they do ---------------------------------------------------------------------------------------------

    /** Types at the end of the text, and sees it there. */
    void write(String text) {
        tab.await(WRITABLE);
        select(text().length(), text().length());
        String before = text();
        tab.type(text);
        awaitText(before + text);
    }

    /** Puts the caret somewhere in the text, and selects what lies between. In UTF-16 units. */
    void select(int anchor, int head) {
        tab.evaluate("((view) => { view.focus(); view.dispatch({ selection: { anchor: " + anchor + ", head: " + head
                + " }, scrollIntoView: true }); })(" + EDITOR + ")");
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

    /** What is selected, and how far below the top of the window its end is, in pixels. */
    String caret() {
        return String.valueOf(tab.evaluate("((view) => { const { from, to, head } = view.state.selection.main; "
                + "return view.state.sliceDoc(from, to) + ' at ' + Math.round(view.coordsAtPos(head).top); })(" + EDITOR
                + ")"));
    }

    /** Waits until this page shows somebody's caret right behind a part of the text. */
    void awaitCaret(String name, String behind) {
        tab.await("((view) => { const caret = [...document.querySelectorAll('.other-caret')]"
                + ".find((one) => one.dataset.name === " + quoted(name) + ")?.getBoundingClientRect(); "
                + "const end = view.state.doc.toString().indexOf(" + quoted(behind) + ") + " + behind.length() + "; "
                + "const place = view.coordsAtPos(end); "
                + "return caret && Math.abs(caret.left - place.left) < 3 && Math.abs(caret.bottom - place.bottom) < 3; })("
                + EDITOR + ")");
    }

    /** The text, as it is shown. */
    String text() {
        return String.valueOf(tab.evaluate(TEXT));
    }

    /** Waits until the text is this. */
    void awaitText(String text) {
        tab.await(TEXT + " === " + quoted(text));
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
