import * as Y from 'yjs';
import { BatonProvider } from 'baton-client/yjs';
import { NODES, chance, person, until } from './people.js';

/** Somebody with a Yjs document of their own, kept in a document of Baton. */
export function writer(t, name, url, document, mode, { doc = new Y.Doc(), ...options } = {}) {
  const client = person(t, name, url, { backoff: { least: 20, most: 200 } });
  const joined = client.document(document, mode);
  const provider = new BatonProvider(joined, doc, options);
  const problems = [];
  provider.on('problem', (problem) => problems.push(problem));
  t.after(() => provider.destroy());
  return { client, doc, joined, provider, problems, text: doc.getText('text') };
}

/** @param {Uint8Array} bytes */
export const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** A signal as the awareness of one Yjs client has it, of whoever that is. */
export function signalFor(client, state, clock = 1) {
  const json = new TextEncoder().encode(JSON.stringify(state));
  const bytes = [1, ...varint(client), ...varint(clock), ...varint(json.length), ...json];
  return { awareness: base64(Uint8Array.from(bytes)) };
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) {
    bytes.push((value & 127) | 128);
  }
  return [...bytes, value];
}

/** A member without a client, who sends what it likes. */
export async function rawMember(t, name, url, document, mode) {
  const socket = new WebSocket(url, 'baton.v1');
  const heard = [];
  socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
  t.after(() => socket.close());
  const send = (frame) => socket.send(JSON.stringify({ document, ...frame }));
  const answer = (type) => until(() => heard.find((frame) => frame.type === type), `${name} hears ${type}`);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  send({ type: 'hello', user: { id: name, name } });
  const { session } = await answer('welcome');
  send({ type: 'join', mode });
  await answer('joined');
  return { session, send, heard, signal: (data) => send({ type: 'signal', data }) };
}

/** A Yjs document that was written in many small edits, until its state has so many bytes. */
export function written(bytes) {
  const doc = new Y.Doc();
  const text = doc.getText('text');
  const random = chance(7);
  while (Y.encodeStateAsUpdate(doc).length < bytes) {
    doc.transact(() => {
      for (let i = 0; i < 500; i++) {
        text.insert(Math.floor(random() * text.length), `w${Math.floor(random() * 1e6).toString(36)} `);
        text.delete(Math.floor(random() * (text.length - 2)), 2);
      }
    });
  }
  return doc;
}

/** The updates of a document's log, as somebody sees it who comes now. */
export async function updatesIn(t, name) {
  const client = person(t, 'reader', NODES.at(-1));
  const document = client.document(name, 'view');
  const updates = [];
  document.on('entry', ({ kind, data }) => kind === 'update' && updates.push(data));
  client.connect();
  await document.whenSynced();
  client.close();
  return updates;
}
