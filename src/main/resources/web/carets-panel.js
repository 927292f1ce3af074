import { Carets } from './carets.js';
import { hue } from './dom.js';
import { isSplice } from './shared-text.js';

/** Shows where the others are in the text, and tells them where this person is. */
export class CaretsPanel {
  #document;
  #names;
  #text;
  #editor;
  #carets = new Carets();
  #due = false;

  /**
   * @param {import('./client/document.js').BatonDocument} document
   * @param {import('./names.js').Names} names
   * @param {import('./shared-text.js').SharedText} text made before: what it shows is what the carets are in
   * @param {import('./editor.js').Editor} editor
   */
  constructor(document, names, text, editor) {
    this.#document = document;
    this.#names = names;
    this.#text = text;
    this.#editor = editor;
    document.on('joined', (detail) => this.#joined(detail));
    document.on('entries', ({ entries }) => this.#wrote(entries));
    document.on('members', () => this.#members());
    document.on('signal', ({ session, data }) => this.#told(session, data));
    text.on('saving', () => this.moved());
  }

  /** This person has moved, or what was typed is in the log: the others are told where in the log's text that is. */
  moved() {
    const caret = this.#editor.caret;
    const me = this.#document.joined && caret && !this.#text.unconfirmed && this.#names.me;
    if (!me) {
      return;
    }
    const known = this.#carets.all().find(({ session }) => session === me);
    if (known?.anchor !== caret.anchor || known.head !== caret.head) {
      this.#tell(me, { ...caret, seq: this.#carets.seq });
    }
  }

  #tell(me, caret) {
    this.#carets.tell(me, caret);
    this.#document.signal({ caret }, { keep: true });
  }

  #joined({ recovered, snapshot, entries }) {
    if (!recovered) {
      this.#carets.clear(snapshot?.seq ?? 0);
    }
    this.#wrote(entries);
    this.moved();
  }

  #wrote(entries) {
    for (const { kind, seq, session, data } of entries) {
      if (kind === 'update' && isSplice(data)) {
        this.#carets.wrote(seq, session, data);
      }
    }
    this.moved();
    this.#draw();
  }

  #members() {
    const { members } = this.#document;
    this.#carets.keep((session) => members.get(session)?.state === 'online');
    for (const { session, kept } of members.values()) {
      if (kept && !this.#carets.knows(session)) {
        this.#carets.tell(session, kept.caret);
      }
    }
    this.#draw();
  }

  #told(session, data) {
    if (!this.#names.isMe(session)) {
      this.#carets.tell(session, data?.caret);
      this.#draw();
    }
  }

  /** Soon, and once for all that happens until then. */
  #draw() {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame(() => {
        this.#due = false;
        this.#editor.others(this.#others());
      });
    }
  }

  #others() {
    return this.#carets.all(this.#text.unconfirmed).flatMap((caret) => {
      const member = this.#document.members.get(caret.session);
      return member && !this.#names.isMe(caret.session) ? [{ ...caret, name: this.#names.of(member), hue: hue(member.user.id) }] : [];
    });
  }
}
