import assert from 'node:assert/strict';
import test from 'node:test';
import * as Y from 'yjs';
import { BatonClient } from 'baton-client';
import { BatonProvider } from 'baton-client/yjs';
import { NODES, aDocument, chance, logOf, next, until } from './support/people.js';
import { scriptedNode } from './support/scripted-node.js';
import { base64, writer } from './support/yjs.js';

const MIB = 1 << 20;

function letters(length, seed = 7) {
  const random = chance(seed);
  return Array.from({ length }, () => String.fromCharCode(97 + random() * 26)).join('');
}

/** As `y-indexeddb` brings it back. */
function localCopy(of) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(of), 'a local copy');
  return doc;
}

test('twenty reloads with a local copy of 1 MB leave the log as it was, and a viewer with one is saved', async (t) => {
  const name = aDocument();
  const first = writer(t, 'ada', NODES[0], name, 'edit');
  first.client.connect();
  await until(() => first.provider.writable, 'she has the lock');
  first.text.insert(0, letters(MIB));
  first.text.delete(10, 10);
  await first.provider.whenSaved();
  const looksOn = writer(t, 'eve', NODES.at(-1), name, 'view', { doc: localCopy(first.doc) });
  const log = logOf(looksOn.joined);
  assert.equal(looksOn.provider.saved, false, 'not known yet');
  looksOn.client.connect();
  await Promise.all([looksOn.provider.whenSynced(), looksOn.provider.whenSaved()]);
  const before = log.updates.length;
  await first.joined.leave();
  for (let i = 0; i < 20; i++) {
    const doc = localCopy(first.doc);
    const ada = writer(t, 'ada', NODES[0], name, 'edit', { doc });
    ada.client.connect();
    await until(() => ada.provider.writable, 'she has the lock');
    await ada.provider.whenSaved();
    assert.deepEqual(ada.provider.pending, { count: 0, bytes: 0 });
    await ada.joined.leave();
    ada.client.close();
    await ada.provider.destroy();
  }
  const mark = writer(t, 'ben', NODES[0], name, 'edit');
  mark.provider.on('synced', () => assert.equal(mark.text.length, first.text.length));
  mark.client.connect();
  await until(() => mark.provider.writable, 'he has the lock');
  mark.doc.getMap('mark').set('is', 'set');
  await until(() => looksOn.doc.getMap('mark').get('is') === 'set', 'whoever looks on has all that was sent');
  assert.equal(log.updates.length, before + 1);
});

test('of a local copy with edits of its own only these go out, when the lock is here; until then they are pending', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  const log = logOf(ada.joined);
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, letters(200_000));
  await ada.provider.whenSaved();
  const doc = localCopy(ada.doc);
  doc.getText('text').insert(3, 'of my own');
  doc.getText('text').delete(20, 2);
  const ben = writer(t, 'ben', NODES.at(-1), name, 'edit', { doc });
  ben.client.connect();
  await ben.provider.whenSynced();
  assert.equal(ben.provider.saved, false);
  assert.equal(ben.provider.pending.count, 1);
  assert.ok(ben.provider.pending.bytes < 100, `${ben.provider.pending.bytes} bytes`);
  const before = log.updates.length;
  await ada.joined.release(ben.client.session);
  await ben.provider.whenSaved();
  await until(() => ada.text.toString() === ben.text.toString(), 'both have the same');
  assert.equal(log.updates.length, before + 1);
  assert.ok(JSON.stringify(log.updates.at(-1).data).length < 200);
});

test('a local copy that is read after the document was joined counts as edits only as far as the log lacks it', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'in the log');
  await ada.provider.whenSaved();
  const copy = Y.encodeStateAsUpdate(ada.doc);
  const early = writer(t, 'ben', NODES[0], name, 'view');
  Y.applyUpdate(early.doc, copy, 'a local copy');
  early.client.connect();
  await early.provider.whenSynced();
  assert.equal(early.provider.saved, true, 'read before the log was');
  Y.applyUpdate(early.doc, copy, 'a local copy');
  assert.equal(early.provider.saved, true, 'read after the log was');
});

/** A node that answers joins with what a test puts into it, and takes updates as long as it is said to. */
async function nodeWith(t, log) {
  const got = { updates: [], snapshots: [], peer: null };
  const entry = (data, i) => ({ seq: i + 1, kind: 'update', epoch: 1, session: 's-0', user: { id: 'z', name: 'Zoe' }, id: `o-${i}`, at: 0, data });
  const me = { session: 's-1', user: { id: 'ada', name: 'Ada' }, mode: 'edit', since: 1, state: 'online' };
  const node = await scriptedNode({
    join: (peer, { ref, mode }) => {
      got.peer = peer;
      const { snapshot = null, updates, first = updates.length, id = 'log', epoch = 2 } = log();
      const entries = updates.map(entry);
      const rights = mode === 'edit' ? { epoch, holder: me, state: 'held', queue: [], you: 'holder' } : { epoch, holder: null, state: 'free', queue: [], you: 'viewer' };
      peer.send({ type: 'joined', ref, document: 'notes', log: id, seq: entries.length, recovered: false, snapshot, entries: entries.slice(0, first), members: [me], count: 1, rights });
    },
    update: (peer, { ref, id, epoch, data }) => {
      got.updates.push({ id, epoch, data });
      got.took?.(peer, { ref, id, data });
    },
    snapshot: (peer, { ref, seq, data, ...more }) => {
      got.snapshots.push({ seq, data, ...more });
      peer.send({ type: 'applied', ref, document: 'notes', seq });
    },
  });
  t.after(() => node.close());
  const tell = (from, to) => got.peer.send({ type: 'entries', document: 'notes', entries: log().updates.map(entry).slice(from, to) });
  return { url: node.url, got, tell, applied: (peer, { ref, id }, seq) => peer.send({ type: 'applied', ref, document: 'notes', id, seq }) };
}

const textOf = (update) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, 'base64'));
  return doc.getText('text').toString();
};

test('synced is told once, when the head is reached, and not before the last of a large document is here', async (t) => {
  const source = new Y.Doc();
  const updates = [];
  source.on('update', (update) => updates.push({ y: base64(update) }));
  for (let i = 0; i < 10; i++) {
    source.getText('text').insert(i * 100, letters(100, i));
  }
  const node = await nodeWith(t, () => ({ updates, first: 2 }));
  const ada = writer(t, 'ada', node.url, 'notes', 'view');
  const synced = [];
  ada.provider.on('synced', () => synced.push(ada.text.length));
  let first = 0;
  ada.joined.on('joined', () => (first = ada.text.length));
  ada.client.connect();
  await next(ada.joined, 'joined');
  assert.equal(first, 200);
  assert.equal(ada.provider.synced, false);
  node.tell(2, 9);
  await until(() => ada.text.length === 900, 'most is here');
  assert.deepEqual(synced, []);
  node.tell(9, 10);
  await ada.provider.whenSynced();
  assert.deepEqual(synced, [1000]);
  ada.client.reconnectNow();
  node.got.peer.destroy();
  await next(ada.joined, 'joined');
  node.tell(2, 10);
  await until(() => ada.joined.seq === 10, 'all is here again');
  assert.deepEqual(synced, [1000], 'once');
});

test('a log that is older than the Yjs document is told what it lacks, and only that; saved says so meanwhile', async (t) => {
  const source = new Y.Doc();
  const updates = [];
  source.on('update', (update) => updates.push({ y: base64(update) }));
  source.getText('text').insert(0, letters(20_000));
  source.getText('text').insert(0, 'lost ');
  source.getText('text').insert(0, 'also ');
  let restored = { updates };
  const node = await nodeWith(t, () => restored);
  node.got.took = () => {};
  const ada = writer(t, 'ada', node.url, 'notes', 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable && ada.text.length === 20_010, 'she has all');
  await ada.provider.whenSaved();
  assert.deepEqual(node.got.updates, []);

  restored = { updates: updates.slice(0, 1), id: 'restored', epoch: 9 };
  node.got.peer.destroy();
  await until(() => node.got.updates.length === 1, 'she tells what it lacks');
  assert.equal(ada.provider.saved, false);
  assert.equal(ada.provider.pending.count, 1);
  const { data, epoch } = node.got.updates[0];
  assert.equal(epoch, 9);
  assert.ok(data.y.length < 200, `${data.y.length} characters`);
  const whole = new Y.Doc();
  [updates[0], data].forEach(({ y }) => Y.applyUpdate(whole, Buffer.from(y, 'base64')));
  assert.equal(whole.getText('text').toString(), ada.text.toString());
});

/**
 * A log in memory that answers as a node may: late, not at all, with the lock elsewhere, restored to an earlier state.
 */
class Log {
  entries = [];
  epoch = 1;
  holder = null;
  people = [];
  #random;

  constructor(random) {
    this.#random = random;
  }

  join(person, recovered) {
    const { joined } = person;
    joined.seq = this.entries.length;
    joined.synced = true;
    joined.emit('joined', { recovered: false, snapshot: null, entries: [...this.entries], ...recovered });
  }

  tell(person, upTo = this.entries.length) {
    const entries = this.entries.slice(person.joined.seq, upTo);
    if (entries.length > 0) {
      person.joined.seq += entries.length;
      person.joined.emit('entries', { entries });
    }
  }

  /** The next holder knows all that was written. */
  async grant(person) {
    const before = this.holder;
    this.epoch++;
    this.holder = person;
    before?.joined.emit('rights', { epoch: this.epoch, you: 'queued' });
    this.tell(person);
    person.joined.emit('writable', { epoch: this.epoch });
    await settle();
  }

  async update(person, epoch, data) {
    await settle();
    if (person !== this.holder || epoch !== this.epoch) {
      return { applied: false, epoch: this.epoch, holder: null, uncertain: false };
    }
    const chance = this.#random();
    if (chance >= 0.2) {
      this.entries.push({ seq: this.entries.length + 1, kind: 'update', epoch, session: person.name, id: `${this.entries.length}`, data });
    }
    if (chance >= 0.4) {
      return { applied: true, seq: this.entries.length };
    }
    this.tell(person); // as a join does, after which an edit is uncertain
    return { applied: false, epoch, holder: null, uncertain: true };
  }

  content() {
    const doc = new Y.Doc();
    const useless = [];
    for (const { seq, data } of this.entries) {
      let changed = false;
      doc.once('update', () => (changed = true));
      Y.applyUpdate(doc, Buffer.from(data.y, 'base64'));
      changed || useless.push(seq);
    }
    return { text: doc.getText('text').toString(), useless };
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('whatever happens between a log and those who write, all end with the same, and next to nothing is written in vain', async (t) => {
  let useless = 0;
  let written = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const random = chance(seed);
    const below = (n) => Math.floor(random() * n);
    const log = new Log(random);
    log.people = ['ada', 'ben', 'cid'].map((name) => {
      const joined = new BatonClient({ url: 'ws://127.0.0.1:1/', WebSocket: class {} }).document('notes', 'edit');
      Object.defineProperty(joined, 'joined', { value: true, writable: true });
      const person = { name, joined, doc: new Y.Doc() };
      joined.joined = false;
      joined.update = (epoch, data) => log.update(person, epoch, data);
      person.provider = new BatonProvider(joined, person.doc);
      joined.joined = true;
      t.after(() => person.provider.destroy());
      log.join(person);
      return person;
    });
    await settle();
    for (let step = 0; step < 60; step++) {
      const person = log.people[below(3)];
      const text = person.doc.getText('text');
      const act = random();
      if (act < 0.4) {
        text.insert(below(text.length + 1), `${person.name[0]}${step} `);
      } else if (act < 0.5 && text.length > 3) {
        text.delete(below(text.length - 2), 2);
      } else if (act < 0.6) {
        // From elsewhere, to two of them, of whom one gets the later half only.
        const other = new Y.Doc();
        const updates = [];
        other.on('update', (update) => updates.push(update));
        Y.applyUpdate(other, Y.encodeStateAsUpdate(person.doc));
        updates.length = 0;
        other.getText('text').insert(0, 'x');
        other.getText('text').insert(1, 'y');
        Y.applyUpdate(person.doc, updates[1], 'elsewhere');
        Y.applyUpdate(log.people[below(3)].doc, updates[0], 'elsewhere');
      } else if (act < 0.75) {
        await log.grant(person);
      } else if (act < 0.9) {
        log.tell(person, person.joined.seq + below(4));
      } else if (act < 0.95) {
        log.join(person);
      } else {
        // Restored: the last are lost, and all are told anew.
        log.entries.length = Math.max(0, log.entries.length - below(4));
        log.epoch++;
        log.holder?.joined.emit('rights', { epoch: log.epoch, you: 'queued' });
        log.holder = null;
        log.people.forEach((each) => log.join(each));
      }
      await settle();
    }
    for (let round = 0; round < 2; round++) {
      for (const person of log.people) {
        await log.grant(person);
        for (let i = 0; i < 50 && !person.provider.saved; i++) {
          await settle();
          log.tell(person);
          // What was put off is tried again with the next edit or grant.
          await log.grant(person);
        }
        assert.equal(person.provider.saved, true, `seed ${seed}: ${person.name} is saved`);
      }
    }
    log.people.forEach((person) => log.tell(person));
    const content = log.content();
    for (const { doc, name, provider } of log.people) {
      assert.equal(doc.getText('text').toString(), content.text, `seed ${seed}: ${name} has what the log has`);
      assert.deepEqual(provider.pending, { count: 0, bytes: 0 });
    }
    useless += content.useless.length;
    written += log.entries.length;
  }
  assert.ok(useless <= written / 50, `${useless} of ${written} updates brought nothing`);
});

test('a snapshot holds what the log does up to the seq that it names, and no edit that is on its way', async (t) => {
  const source = new Y.Doc();
  const updates = [];
  source.on('update', (update) => updates.push({ y: base64(update) }));
  source.getText('text').insert(0, 'in the log');
  const node = await nodeWith(t, () => ({ updates }));
  const ada = writer(t, 'ada', node.url, 'notes', 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'on its way, ');
  await until(() => node.got.updates.length === 1, 'it is with the node');
  node.got.peer.send({ type: 'snapshot-wanted', document: 'notes', seq: 1 });
  await until(() => node.got.snapshots.length === 1, 'it is answered');
  assert.equal(node.got.snapshots[0].seq, 1);
  assert.equal(textOf(node.got.snapshots[0].data.y), 'in the log');
});

test('a snapshot between two parts of a large update waits for the last of them', async (t) => {
  const source = new Y.Doc();
  source.getText('text').insert(0, letters(300));
  const y = base64(Y.encodeStateAsUpdate(source));
  const updates = [{ y: y.slice(0, 100), part: 1, of: 2 }, { y: y.slice(100), part: 2, of: 2 }];
  const node = await nodeWith(t, () => ({ updates, first: 1 }));
  const ada = writer(t, 'ada', node.url, 'notes', 'edit');
  ada.client.connect();
  await next(ada.joined, 'rights');
  node.got.peer.send({ type: 'snapshot-wanted', document: 'notes', seq: 1 });
  await next(ada.joined, 'snapshot-wanted');
  assert.equal(node.got.snapshots.length, 0);
  node.tell(1, 2);
  await until(() => node.got.snapshots.length === 1, 'it is answered');
  assert.equal(node.got.snapshots[0].seq, 2);
  assert.equal(textOf(node.got.snapshots[0].data.y), source.getText('text').toString());
});

test('a snapshot that the node does not take is a problem, never silence, and ends nothing', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  const refusing = new Error('too large for this node');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  ada.text.insert(0, 'a');
  await ada.provider.whenSaved();
  await until(() => ada.joined.seq > 1, 'it is told');
  ada.joined.snapshot = () => Promise.reject(refusing);
  ada.joined.emit('snapshot-wanted', { seq: ada.joined.seq });
  const reported = await until(() => ada.problems[0], 'it is reported');
  assert.equal(reported.code, 'snapshot');
  assert.equal(reported.cause, refusing);
});

test('no snapshot of Yjs replaces a log that was written in another way', async (t) => {
  const node = await nodeWith(t, () => ({ updates: [{ pos: 0, ins: 'plain text' }] }));
  const ada = writer(t, 'ada', node.url, 'notes', 'edit');
  ada.client.connect();
  await ada.provider.whenSynced();
  node.got.peer.send({ type: 'snapshot-wanted', document: 'notes', seq: 1 });
  await until(() => ada.problems.some(({ code }) => code === 'snapshot'), 'it is reported');
  assert.equal(node.got.snapshots.length, 0);
  assert.deepEqual(ada.problems.map(({ code, seq }) => [code, seq]), [['bad-entry', 1], ['snapshot', undefined]]);
});

test('a document of some hundred kilobytes is compacted, or it is reported that it cannot be', async (t) => {
  const name = aDocument();
  const ada = writer(t, 'ada', NODES[0], name, 'edit');
  ada.client.connect();
  await until(() => ada.provider.writable, 'she has the lock');
  let wanted = 0;
  let answered = null;
  ada.joined.on('snapshot-wanted', () => wanted++);
  const snapshot = ada.joined.snapshot.bind(ada.joined);
  ada.joined.snapshot = (...data) => {
    const answer = snapshot(...data);
    answer.then(() => (answered = 'stored'), (error) => (answered = error));
    return answer;
  };
  ada.text.insert(0, letters(400_000));
  await ada.provider.whenSaved();
  for (let i = 0; i < 4 && wanted === 0; i++) {
    ada.text.insert(0, letters(250_000, i));
    await ada.provider.whenSaved();
  }
  await until(() => wanted > 0, 'it is asked for');
  const asked = ada.joined.seq;
  await until(() => answered !== null, `it is answered at ${asked}`);
  if (answered === 'stored') {
    assert.equal(ada.problems.length, 0);
  } else {
    await until(() => ada.problems.some(({ code, cause }) => code === 'snapshot' && cause === answered), 'and reported');
  }
});
