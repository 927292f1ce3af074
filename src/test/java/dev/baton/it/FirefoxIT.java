package dev.baton.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in Firefox, with a Chromium on the other node: it opens, it is written in, and the pen goes over and back.
 */
class FirefoxIT {
    private static final String TEXT = "document.querySelector('#text .cm-content').innerText";
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir(cleanup = CleanupMode.NEVER) // it may write there while it ends
    Path profile;

    @Test
    void twoBrowsersOfDifferentKindsWriteInTurns() throws Exception {
        try (Firefox ann = Firefox.start(profile);
                Browser other = Browser.start();
                Nodes nodes = Nodes.start(FirefoxIT.class, 2, Map.of())) {
            ann.go("http://127.0.0.1:" + nodes.get(0).port() + "/#both");
            ann.until("!document.getElementById('start').hidden");
            ann.evaluate("document.getElementById('name').value = 'Ann'");
            ann.evaluate("document.querySelector('#start-form button').click()");
            ann.until("document.getElementById('pen').dataset.state === 'mine'");
            EditorPage bob = EditorPage.enter(other, nodes.get(1).port(), "both", "Bob", "edit");
            write(ann, "one ");
            bob.awaitText("one ");
            bob.awaitCaret("Ann", "one ");

            ann.evaluate("document.querySelector('#people button').click()");
            bob.awaitPen(SOON);
            ann.until("document.querySelector('#text .cm-content').getAttribute('aria-readonly') === 'true'");
            bob.writeAndKeep("two ");
            ann.until(TEXT + " === 'one two '");
            ann.until("document.querySelector('.other-caret').dataset.name === 'Bob'");

            bob.handOverTo("Ann");
            ann.until("document.getElementById('pen').dataset.state === 'mine'");
            write(ann, "three");
            bob.awaitText("one two three");
        }
    }

    /** At the end of the text. */
    private static void write(Firefox page, String text) {
        page.evaluate("import('./lib/codemirror/view/index.js').then(({ EditorView }) => { "
                + "const view = EditorView.findFromDOM(document.getElementById('text')); "
                + "view.focus(); view.dispatch({ selection: { anchor: view.state.doc.length } }); })");
        page.type(text);
        page.until("document.getElementById('saved').textContent === 'All stored' && " + TEXT + ".endsWith('" + text
                + "')");
    }
}
