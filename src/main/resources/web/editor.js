import { history, historyKeymap, standardKeymap } from './lib/codemirror/commands/index.js';
import { Annotation, Compartment, EditorSelection, EditorState, StateEffect, StateField, Transaction } from './lib/codemirror/state/index.js';
import { EditorView, RectangleMarker, keymap, layer } from './lib/codemirror/view/index.js';
import { StyleModule } from './lib/codemirror/style-mod/index.js';
import { diff } from './shared-text.js';

/**
 * Another person's caret, and what they have selected when `anchor` is elsewhere. In UTF-16 units.
 *
 * @typedef {{session: string, name: string, hue: number, anchor: number, head: number}} Caret
 */

/** Which of the editor's style modules the page has. */
const mounted = new Set();

// The library writes style elements into the page, which the page's policy forbids. Sheets made by scripts are allowed.
StyleModule.mount = (root, modules) => {
  for (const module of [modules].flat()) {
    if (!mounted.has(module)) {
      mounted.add(module);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(module.getRules());
      /** @type {Document} */ (root).adoptedStyleSheets.push(sheet);
    }
  }
};

/** Marks a change that comes from the log. @type {import('@codemirror/state').AnnotationType<boolean>} */
const fromLog = Annotation.define();

/** @type {import('@codemirror/state').StateEffectType<Caret[]>} */
const putCarets = StateEffect.define();

const carets = StateField.define({
  create: () => /** @type {Caret[]} */ ([]),
  update: (all, transaction) => {
    const put = transaction.effects.find((effect) => effect.is(putCarets));
    if (put) {
      const end = transaction.newDoc.length;
      return put.value.map((caret) => ({ ...caret, anchor: Math.min(caret.anchor, end), head: Math.min(caret.head, end) }));
    }
    const { changes } = transaction;
    return changes.empty ? all : all.map((caret) => ({ ...caret, anchor: changes.mapPos(caret.anchor), head: changes.mapPos(caret.head) }));
  },
});

/** A caret with the name of its person. */
class CaretMarker extends RectangleMarker {
  constructor({ name, hue }, { left, top, height }) {
    super(`other-caret hue-${hue}`, left, top, null, height);
    this.name = name;
  }

  draw() {
    const element = super.draw();
    element.dataset.name = this.name;
    return element;
  }

  update(element, previous) {
    element.dataset.name = this.name;
    return super.update(element, previous);
  }

  eq(other) {
    return this.name === other.name && super.eq(other);
  }
}

const changed = (update) => update.docChanged || update.startState.field(carets) !== update.state.field(carets);

/** Drawn over and under the text, not in it: neither a screen reader nor an input method meets them there. */
const drawnCarets = [
  layer({
    above: true,
    class: 'other-carets',
    update: changed,
    markers: (view) => view.state.field(carets).flatMap((caret) => RectangleMarker
      .forRange(view, '', EditorSelection.cursor(caret.head))
      .map((place) => new CaretMarker(caret, place))),
  }),
  layer({
    above: false,
    class: 'other-selections',
    update: changed,
    markers: (view) => view.state.field(carets).flatMap(({ anchor, head, hue }) => (anchor === head
      ? []
      : RectangleMarker.forRange(view, `other-selection hue-${hue}`, EditorSelection.range(anchor, head)))),
  }),
];

/** The one editor of this page. The document that is entered last has it. */
export class Editor {
  #told;
  #lock = new Compartment();
  #writable = false;
  #view;

  /**
   * @param {HTMLElement} parent whatever is in it goes
   * @param {Record<string, string>} attributes of the text field
   * @param {{edited: () => void, moved: () => void}} told the writer has changed the text; has put the caret, or what is selected, elsewhere
   */
  constructor(parent, attributes, told) {
    this.#told = told;
    EditorView.findFromDOM(parent)?.destroy();
    this.#view = new EditorView({
      parent,
      extensions: [
        // A carriage return in the log stays one: positions are those of the log.
        EditorState.lineSeparator.of('\n'),
        EditorView.lineWrapping,
        // A field that the browser knows: spelling is checked, telephones help. Tab goes to what is next.
        EditorView.contentAttributes.of({ spellcheck: 'true', autocorrect: 'on', autocapitalize: 'sentences', ...attributes }),
        keymap.of([...historyKeymap, ...standardKeymap]),
        this.#lock.of(this.#locked()),
        carets,
        drawnCarets,
        EditorView.updateListener.of((update) => {
          const typed = update.transactions.some((one) => one.docChanged && !one.annotation(fromLog));
          if (typed) {
            this.#told.edited();
          }
          if (typed || update.selectionSet || update.focusChanged) {
            this.#told.moved();
          }
        }),
      ],
    });
  }

  /**
   * Read-only it keeps the caret and the focus, and a telephone shows no keyboard. Nobody takes back what another
   * wrote.
   */
  #locked() {
    return this.#writable
      ? history()
      : [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ inputmode: 'none' })];
  }

  /** The text as it is in the editor. */
  get text() {
    return this.#view.state.doc.toString();
  }

  get empty() {
    return this.#view.state.doc.length === 0;
  }

  /** Where the caret is, and where the selection began; null while the focus is elsewhere. */
  get caret() {
    const { anchor, head } = this.#view.state.selection.main;
    return this.#view.hasFocus ? { anchor, head } : null;
  }

  get writable() {
    return this.#writable;
  }

  set writable(writable) {
    if (writable !== this.#writable) {
      this.#writable = writable;
      this.#view.dispatch({ effects: this.#lock.reconfigure(this.#locked()) });
    }
  }

  /**
   * Shows another text. Changes no more than differs: the caret, the selection and the place in sight stay. @param
   * {string} text
   */
  show(text) {
    const splice = diff(this.text, text);
    if (splice) {
      const { pos, del, ins } = splice;
      this.#view.dispatch({
        changes: { from: pos, to: pos + del, insert: ins },
        annotations: [fromLog.of(true), Transaction.addToHistory.of(false)],
      });
    }
  }

  /** Writes a paragraph at the end, as the writer, and goes there. @param {string} text */
  append(text) {
    const end = this.#view.state.doc.length;
    const insert = end === 0 ? text : `\n${text}`;
    this.#view.dispatch({ changes: { from: end, insert }, selection: { anchor: end + insert.length }, scrollIntoView: true });
    this.#view.focus();
  }

  /** Shows where the others are. @param {Caret[]} all */
  others(all) {
    this.#view.dispatch({ effects: putCarets.of(all) });
  }

  /** Nothing that is done in it is told any more. */
  end() {
    this.#told = { edited: () => {}, moved: () => {} };
    this.writable = false;
    this.others([]);
  }
}
