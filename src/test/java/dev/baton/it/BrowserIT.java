package dev.baton.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two real browsers on two nodes, and what befalls the one with the pen: the other has it in time, and the text is
 * whole in both.
 */
class BrowserIT {
    /** Longer than it takes a test to find a request on a page, and to answer it. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    private static final Duration CLOSED = Duration.ofSeconds(3);
    private static final Duration SILENT = Duration.ofSeconds(5);

    /** What two browsers and two nodes on one machine may take on top of what the node promises. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    /** Of a user, on a node. */
    private static final int SOCKETS = 6;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static Nodes nodes;
    private static Browser first;
    private static Browser second;

    private final String document = "page-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        first = opened(Browser.start());
        second = opened(Browser.start());
        nodes = opened(Nodes.start(
                BrowserIT.class,
                2,
                Map.of(
                        "BATON_HANDOVER_ANSWER",
                        ANSWER.toSeconds() + "s",
                        "BATON_LIMITS_SOCKETS_PER_USER",
                        Integer.toString(SOCKETS))));
    }

    private static <T extends AutoCloseable> T opened(T part) {
        OPEN.add(part);
        return part;
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : OPEN) {
            part.close();
        }
    }

    @AfterEach
    void noScriptThrewAndNothingWasForbidden() {
        assertThat(first.faults()).isEmpty();
        assertThat(second.faults()).isEmpty();
    }

    private EditorPage ann() {
        EditorPage ann = EditorPage.enter(first, nodes.get(0).port(), document, "Ann", "edit");
        ann.awaitPen(SLACK);
        return ann;
    }

    private EditorPage bob() {
        EditorPage bob = EditorPage.enter(second, nodes.get(1).port(), document, "Bob", "edit");
        bob.awaitWords("#pen", "You are next in line");
        return bob;
    }

    /** Somebody who comes afterwards, on the first node, and reads. */
    private void othersRead(String text) {
        EditorPage cid = EditorPage.enter(first, nodes.get(0).port(), document, "Cid", "view");
        cid.awaitText(text);
        cid.tab().close();
    }

    private static void hasItIn(EditorPage page, Duration bound) {
        assertThat(page.awaitPen(bound.plus(SLACK).plus(SLACK)))
                .isLessThanOrEqualTo(bound.plus(SLACK).toMillis());
    }

    @Test
    void twoWriteInTurnsAndBothHaveTheWholeText() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("one ");
        bob.ask();
        ann.awaitWords("#requests", "Bob");
        ann.answer(true);
        hasItIn(bob, Duration.ZERO);
        ann.awaitReadOnly();
        bob.writeAndKeep("two ");
        ann.ask();
        bob.awaitWords("#requests", "Ann");
        bob.answer(false);
        bob.writeAndKeep("three ");
        bob.handOverTo("Ann");
        hasItIn(ann, Duration.ZERO);
        ann.writeAndKeep("four 😀");
        for (EditorPage page : new EditorPage[] {ann, bob}) {
            page.awaitText("one two three four 😀");
        }
        ann.tab().close();
        bob.tab().close();
    }

    @Test
    void theTabWithThePenIsClosed() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("before ");
        ann.tab().close();
        hasItIn(bob, CLOSED);
        bob.writeAndKeep("after");
        bob.awaitText("before after");
        othersRead("before after");
        bob.tab().close();
    }

    @Test
    void theTabWithThePenCrashes() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("before ");
        ann.tab().crash();
        hasItIn(bob, CLOSED);
        bob.writeAndKeep("after");
        bob.awaitText("before after");
        othersRead("before after");
        bob.tab().close();
    }

    @Test
    void theTabWithThePenHangsAndItsPongsGoOnSoItIsTheRequestWithoutAnAnswerThatMovesThePen() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("before ");
        ann.tab().hang(Duration.ofSeconds(20));
        bob.awaitWords("#pen", "Ann has the pen");
        bob.ask();
        hasItIn(bob, ANSWER);
        bob.writeAndKeep("after");
        ann.awaitText("before after");
        ann.awaitReadOnly();
        assertThat(bob.text()).isEqualTo(ann.text());
        ann.tab().close();
        bob.tab().close();
    }

    @Test
    void theTabWithThePenLosesItsNetworkAndKeepsWhatItWroteMeanwhileAsADraft() {
        try (Cable cable = new Cable(nodes.get(0).port())) {
            EditorPage ann = EditorPage.enter(first, cable.port(), document, "Ann", "edit");
            ann.awaitPen(SLACK);
            EditorPage bob = bob();
            ann.writeAndKeep("before ");
            cable.pull();
            ann.tab().offline(true);
            ann.write("unheard ");
            hasItIn(bob, SILENT);
            bob.writeAndKeep("after");
            cable.plug();
            ann.tab().offline(false);
            ann.awaitDraft("unheard");
            ann.awaitText("before after");
            bob.awaitText("before after");
            othersRead("before after");
            ann.tab().close();
            bob.tab().close();
        }
    }

    @Test
    void aHandOverKeepsCaretAndScrollAndEachSeesWhereTheOtherIs() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        StringBuilder lines = new StringBuilder();
        for (int i = 100; i < 250; i++) {
            lines.append("line ").append(i).append('\n');
        }
        ann.writeAndKeep(lines.toString());
        bob.awaitText(lines.toString());
        int at = lines.indexOf("line 180");
        bob.select(at, at + "line 180".length());
        ann.select(lines.indexOf("line 178") + "line 178".length(), lines.indexOf("line 178") + "line 178".length());
        ann.awaitCaret("Bob", "line 180");
        bob.awaitCaret("Ann", "line 178");
        ann.tab().type(" longer");
        ann.tab().press("Enter");
        bob.awaitWords("#text", "line 178 longer");
        ann.awaitCaret("Bob", "line 180");
        bob.awaitCaret("Ann", "line 178 longer\n");
        String before = bob.caret();
        assertThat(before).startsWith("line 180 at ");
        ann.handOverTo("Bob");
        hasItIn(bob, Duration.ZERO);
        assertThat(bob.caret()).isEqualTo(before);
        bob.tab().type("LINE 180");
        ann.awaitWords("#text", "LINE 180");
        ann.awaitCaret("Bob", "LINE 180");
        bob.awaitCaret("Ann", "line 178 longer\n");
        ann.tab().close();
        bob.tab().await("document.querySelector('.other-caret') === null");
        bob.tab().close();
    }

    @Test
    void theHistoryShowsWhoWroteWhatAlsoToSomebodyWhoComesLater() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("one ");
        ann.writeAndKeep("two ");
        ann.handOverTo("Bob");
        hasItIn(bob, Duration.ZERO);
        bob.writeAndKeep("three ");
        Tab cid = EditorPage.enter(first, nodes.get(0).port(), document, "Cid", "view")
                .tab();
        cid.await("document.getElementById('text').innerText.includes('three')");
        cid.click("#past-open");
        past(cid, "3 of 3: Bob", "one two three ", "three ");
        cid.press("ArrowLeft");
        past(cid, "2 of 3: Ann", "one two ", "two ");
        cid.press("Home");
        past(cid, "Before the first word", "", "");
        bob.writeAndKeep("four ");
        cid.await("document.getElementById('past-at').max === '4'");
        past(cid, "Before the first word", "", "");
        cid.click("#past-play");
        past(cid, "4 of 4: Bob", "one two three four ", "four ");
        cid.click("#past-close");
        cid.await("document.getElementById('text').checkVisibility()");
        List.of(ann.tab(), bob.tab(), cid).forEach(Tab::close);
    }

    private static void past(Tab tab, String words, String text, String mark) {
        tab.await("document.getElementById('past-words').textContent.startsWith('" + words + "')");
        tab.await("document.getElementById('past-text').textContent === '" + text + "'");
        tab.await("document.querySelector('#past-text mark').textContent === '" + mark + "'");
        tab.await("document.getElementById('past-at').getAttribute('aria-valuetext').startsWith('" + words + "')");
    }

    @Test
    void aPageThatIsLeftByALinkGivesThePenOnAtOnceAndComesBackByTheBackButton() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        ann.writeAndKeep("before ");
        ann.tab().evaluate("globalThis.sameAsBefore = true");
        ann.tab().follow("icon.svg");
        hasItIn(bob, Duration.ZERO);
        bob.awaitWords("#count", "1"); // nobody waits for a session that does not come back
        bob.writeAndKeep("after");
        ann.tab().back();
        ann.tab().await("globalThis.sameAsBefore && document.getElementById('connection').dataset.state === 'online'");
        ann.awaitWords("#pen", "You are next in line");
        ann.open();
        ann.awaitText("before after");
        bob.handOverTo("Ann");
        hasItIn(ann, Duration.ZERO);
        ann.writeAndKeep(" and again");
        bob.awaitText("before after and again");
        ann.tab().close();
        bob.tab().close();
    }

    @Test
    void somebodyWithTooManySocketsIsToldSoAndIsBackWhenThereIsRoom() {
        int port = nodes.get(0).port();
        Tab others = first.open("http://127.0.0.1:" + port + "/icon.svg");
        others.evaluate(
                "globalThis.sockets = Array.from({ length: " + SOCKETS + " }, () => new WebSocket('ws://127.0.0.1:"
                        + port
                        + "/socket')); Promise.all(sockets.map((socket) => new Promise((welcome) => { socket.onmessage = welcome; "
                        + "socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', user: { id: 'Max', name: 'Max' } })); })))"
                        + ".then(() => sockets.length)");
        Tab max = first.open("http://127.0.0.1:" + port + "/#" + document);
        max.await("!document.getElementById('start').hidden");
        max.evaluate("document.getElementById('name').value = 'Max'");
        max.click("#start-form button");
        max.await("document.getElementById('refused').checkVisibility()"
                + " && document.getElementById('refused').innerText.includes('this user has " + SOCKETS + " sockets')");
        others.close();
        max.await("document.getElementById('pen').dataset.state === 'mine'");
        max.await("!document.getElementById('refused').checkVisibility()");
        max.close();
    }

    @Test
    void behindAProxyThatForgotSomethingThePageSaysInTheNodesWordsWhatThatIs() {
        Vertx vertx = Vertx.vertx();
        int node = nodes.get(0).port();
        try (CarelessProxy noHost = CarelessProxy.to(vertx, node, headers -> headers.set("Host", "127.0.0.1:" + node));
                CarelessProxy noUpgrade = CarelessProxy.to(vertx, node, headers -> headers.remove("Upgrade"))) {
            refused(noHost.port(), "Origin http://127.0.0.1:" + noHost.port() + " may not open a socket here");
            refused(noUpgrade.port(), "send an upgrade request");
        } finally {
            vertx.close();
        }
    }

    private void refused(int port, String words) {
        Tab tab = first.open("http://127.0.0.1:" + port + "/#" + document);
        tab.await("!document.getElementById('start').hidden");
        tab.evaluate("document.getElementById('name').value = 'Ann'");
        tab.click("#start-form button");
        tab.await("document.getElementById('refused').checkVisibility()"
                + " && document.getElementById('refused').innerText.includes('" + words + "')");
        tab.close();
    }

    @Test
    void aTextFarLargerThanOneUpdateArrivesWholeAndInOrder() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        StringBuilder large = new StringBuilder();
        for (int i = 0; large.length() < 60_000; i++) {
            large.append(i).append("😀ä ");
        }
        ann.writeAndKeep(large.toString());
        bob.awaitText(large.toString());
        ann.tab().close();
        bob.tab().close();
    }

    @Test
    void whatATextExpanderADictationAndAnInputMethodPutInIsStoredWhateverKeyFollowsAtOnce() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        Tab tab = ann.tab();
        ann.write("> ");
        tab.type("dictated");
        tab.press("Enter");
        tab.type("brb");
        for (int i = 0; i < "brb".length(); i++) {
            tab.press("Backspace");
        }
        tab.type("be right back");
        tab.press("Enter");
        tab.compose("k");
        tab.compose("か");
        tab.compose("かん");
        tab.type("漢");
        tab.type("字 😀");
        tab.press("Enter");
        tab.type("end");
        for (EditorPage page : new EditorPage[] {ann, bob}) {
            page.awaitText("> dictated\nbe right back\n漢字 😀\nend");
        }
        ann.tab().close();
        bob.tab().close();
    }

    @Test
    void aPageOfAnotherOriginLoadsTheClientFromANode() {
        NodeProcess node = nodes.get(0);
        Tab elsewhere = first.open("http://127.0.0.1:" + node.managementPort() + "/health/live");
        String client = "http://127.0.0.1:" + node.port() + "/client/";
        assertThat(elsewhere.evaluate("import('" + client + "baton.js').then(({ PROTOCOL }) => PROTOCOL)"))
                .isEqualTo("baton.v1");
        elsewhere.close();
    }

    @Test
    void whoHasOnlyAKeyboardEntersTakesThePenWritesAndGetsOutOfTheTextAgain() {
        Tab tab = first.open("http://127.0.0.1:" + nodes.get(0).port() + "/#" + document);
        tab.await("!document.getElementById('start').hidden");
        tab.evaluate("document.getElementById('name').focus(), document.getElementById('name').select()");
        tab.type("Kay");
        tab.press("Enter");
        tab.await("document.getElementById('pen').dataset.state === 'mine'");
        tab.await("document.getElementById('announce').textContent.includes('You have the pen')");
        tabTo(tab, "document.activeElement.matches('.cm-content')");
        tab.type("by keys");
        tab.await("document.getElementById('saved').textContent === 'All stored'");
        assertThat(tab.evaluate("document.activeElement.getAttribute('role') + ' ' + "
                        + "document.getElementById(document.activeElement.getAttribute('aria-labelledby')).innerText"))
                .isEqualTo("textbox Text");
        tab.press("Tab");
        assertThat(tab.evaluate("document.activeElement.matches('.cm-content')"))
                .isEqualTo(false);
        tabTo(tab, "document.activeElement.id === 'say-text'");
        tab.type("hello");
        tab.press("Enter");
        tab.await("document.getElementById('messages').innerText.includes('hello')");
        tab.close();
    }

    @Test
    void whoHasOnlyAKeyboardAsksAndIsAnsweredAndHandsOverAndNeverLosesThePlace() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        pressOn(bob.tab(), "button[data-id=ask]");
        ann.awaitWords("#requests", "Bob");
        bob.tab().await("document.activeElement.id === 'pen-title'"); // it has been asked: nothing more to press there
        pressOn(ann.tab(), "#requests button.primary");
        bob.awaitPen(SLACK);
        ann.awaitReadOnly();
        ann.tab().await("document.activeElement.id === 'pen-title'");
        pressOn(bob.tab(), "#people button");
        ann.awaitPen(SLACK);
        bob.awaitReadOnly();
        bob.tab().await("document.activeElement.id === 'people-title'");
        ann.tab().close();
        bob.tab().close();
    }

    /** Goes there by the Tab key and presses Enter. */
    private static void pressOn(Tab tab, String selector) {
        tab.await("document.querySelector('" + selector + "')?.checkVisibility()");
        tabTo(tab, "document.activeElement.matches('" + selector + "')");
        tab.press("Enter");
    }

    private static void tabTo(Tab tab, String there) {
        for (int i = 0; i < 40 && !Boolean.TRUE.equals(tab.evaluate(there)); i++) {
            tab.press("Tab");
        }
        assertThat(tab.evaluate(there)).as(there).isEqualTo(true);
    }

    @Test
    void everythingThatCanBeDoneHasANameAndNothingIsWiderThanATelephone() {
        EditorPage ann = ann();
        EditorPage bob = bob();
        bob.ask();
        ann.awaitWords("#requests", "Bob");
        Object nameless = ann.tab()
                .evaluate("[...document.querySelectorAll('button, input, a, [role=textbox], textarea')]"
                        + ".filter((part) => part.checkVisibility())"
                        + ".filter((part) => !(part.getAttribute('aria-label') || part.innerText?.trim() || part.labels?.length"
                        + " || document.getElementById(part.getAttribute('aria-labelledby'))))"
                        + ".map((part) => part.outerHTML).join('\\n')");
        assertThat(nameless).isEqualTo("");
        Accessibility.check(ann.tab());
        ann.tab().click("#past-open");
        Accessibility.check(ann.tab());
        ann.tab().click("#past-close");
        assertThat(ann.tab()
                        .evaluate("[...document.querySelectorAll('.pen button, .chat button')]"
                                + ".filter((part) => part.checkVisibility())"
                                + ".every((part) => part.getBoundingClientRect().height >= 31)"))
                .isEqualTo(true);
        ann.answer(true);
        bob.awaitPen(SLACK);
        ann.tab().close();
        bob.tab().close();
    }
}
