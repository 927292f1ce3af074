import { aDocument, next, person, until } from './people.js';
import { Proxy } from './proxy.js';

/**
 * One editing step: who made it, and its splices `[position, characters to delete, text to insert]`. @typedef {[number,
 * [number, number, string][]]} Step
 */

/** @param {string} text @param {[number, number, string][]} splices */
export function spliced(text, splices) {
  return splices.reduce((all, [at, gone, put]) => all.slice(0, at) + put + all.slice(at + gone), text);
}

/** The text of a document of which each update is a list of splices; the holder gives the node snapshots of it. */
export function readerOf(document) {
  const reader = { text: '', joins: [] };
  document.on('joined', ({ recovered, snapshot }) => {
    reader.text = recovered ? reader.text : (snapshot?.data ?? '');
    reader.joins.push(recovered);
  });
  document.on('entry', ({ kind, data }) => kind === 'update' && (reader.text = spliced(reader.text, data)));
  document.on('snapshot-wanted', () => document.snapshot(reader.text));
  return reader;
}

/**
 * Has people make recorded steps, each change of author a hand-over, before the eyes of somebody who is there all the
 * time, and of somebody whose connection breaks in the middle; then somebody comes who was not there.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} nodes
 * @param {Step[]} steps
 * @returns {Promise<{name: string, texts: string[], joins: boolean[], handOvers: number}>} the texts of the one who was there, the one who
 *   was cut off, the one who came late, and of the authors
 */
export async function replayed(t, nodes, steps) {
  const name = aDocument();
  const proxy = await Proxy.to(nodes.at(-1));
  t.after(() => proxy.close());
  const watch = (who, url) => {
    const client = person(t, who, url, { backoff: { least: 20, most: 200 } });
    const document = client.document(name, 'view');
    client.connect();
    return { document, reader: readerOf(document) };
  };
  const there = watch('there', nodes.at(-1));
  const cut = watch('cut off', proxy.url);
  const authors = new Map();
  for (const author of new Set(steps.map(([one]) => one))) {
    const client = person(t, `author ${author}`, nodes[author % nodes.length]);
    const document = client.document(name, 'view');
    document.on('requested', ({ by }) => document.answer(by.session, true));
    authors.set(author, { document, reader: readerOf(document) });
    client.connect();
  }
  await Promise.all([there, cut, ...authors.values()].map(({ document }) => document.whenSynced()));
  let holder = null;
  let handOvers = 0;
  for (const [i, [author, splices]] of steps.entries()) {
    const { document } = authors.get(author);
    if (document !== holder) {
      await holder?.whenSaved();
      handOvers += holder ? 1 : 0;
      const writable = next(document, 'writable', () => true, 60_000);
      await document.request();
      await writable;
      holder = document;
    }
    if (document.full) {
      await next(document, 'drain', () => true, 60_000);
    }
    document.update(document.rights.epoch, splices);
    if (i === steps.length >> 1) {
      proxy.cut();
    }
  }
  await holder.whenSaved();
  const late = watch('late', nodes[0]);
  await late.document.whenSynced();
  const all = [there, cut, late, ...authors.values()];
  const { seq } = late.document;
  await until(() => all.every(({ document }) => document.seq >= seq), 'all have all of it', 60_000);
  return { name, texts: all.map(({ reader }) => reader.text), joins: cut.reader.joins, handOvers };
}
