import assert from 'node:assert/strict';
import test from 'node:test';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { aPage, printed, written } from '../support/guides.js';
import { NODES, aDocument, until } from '../support/people.js';
import { writer } from '../support/yjs.js';

const NODE = NODES[0];
const HTML = '<div id="editor"></div><p id="saved"></p><p id="holder"></p><button id="ask"></button>';

/** What an editor of rich text is to do, whichever it is. */
const EDITORS = {
  prosemirror: {
    field: 'prosemirror',
    exported: 'view',
    editable: ({ view }) => view.editable,
    text: ({ view }) => view.state.doc.textContent,
    type: ({ view }, words) => view.dispatch(view.state.tr.insertText(words, 1)),
    end: ({ view }) => view.destroy(),
  },
  tiptap: {
    field: 'default',
    exported: 'editor',
    editable: ({ editor }) => editor.isEditable,
    text: ({ editor }) => editor.getText(),
    type: ({ editor }, words) => editor.commands.insertContentAt(1, words),
    end: ({ editor }) => editor.destroy(),
  },
};

for (const [name, { field, exported, editable, text, type, end }] of Object.entries(EDITORS)) {
  test(`the guide to ${name} works as printed: read-only without the lock, edits and cursors of others, asked and answered, saved`, async (t) => {
    const document = aDocument();
    const ben = writer(t, 'ben', NODE, document, 'edit', { awarenessProtocol });
    ben.client.connect();
    await until(() => ben.provider.writable, 'he has the lock');
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText('by ben')]);
    const fragment = ben.doc.getXmlFragment(field);
    fragment.insert(0, [paragraph]);

    const { find, shown, leaving } = aPage(t, HTML);
    const page = await import(written(name, `${printed(name, 'js', NODE, document)}\nexport { ${exported}, provider, client };\n`));
    t.after(() => page.client.close());
    await until(() => text(page) === 'by ben' && shown('#holder') === 'ben edits' && shown('#saved') === 'saved', 'it shows the text, and whose it is');
    assert.equal(editable(page), false);

    ben.joined.on('requested', ({ by }) => ben.joined.answer(by.session, true));
    find('#ask').onclick();
    await until(() => editable(page) && shown('#holder') === 'Ada edits', 'the lock is here');
    type(page, 'and ada ');
    assert.equal(leaving(), true);
    await until(() => fragment.toString().includes('and ada by ben'), 'he has what was typed');
    await until(() => shown('#saved') === 'saved' && !leaving(), 'it is saved');
    const hers = () => [...ben.provider.awareness.getStates().values()].find(({ user }) => user?.name === 'Ada');
    await until(() => hers()?.user.color === '#c2410c' && hers().user.role === 'holder', 'he sees who it is');

    const asked = ben.joined.request();
    await until(() => !editable(page), 'asked, it gives the lock on');
    await asked;
    await until(() => ben.provider.writable, 'he has it');
    end(page);
    await page.provider.destroy();
  });
}
