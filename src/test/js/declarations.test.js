import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import * as baton from 'baton-client';
import * as keep from 'baton-client/keep';
import * as react from 'baton-client/react';
import * as Y from 'yjs';
import * as yjs from 'baton-client/yjs';

const HOME = new URL('./node_modules/baton-client/', import.meta.url);

/** What one part of the package says to another, and nobody else is told. */
const WITHIN = {
  Emitter: [],
  BatonClient: ['nextId', 'send', 'ask', 'post', 'wait', 'problem', 'failed', 'guard', 'left', 'forget'],
  BatonDocument: ['online', 'offline', 'end', 'rest', 'doubt', 'trust', 'failed', 'handle'],
  BatonError: ['name'],
  ConnectionLost: ['name'],
  Keep: [],
  BatonProvider: [],
};

class NoSocket {}

const EXAMPLES = {
  Emitter: () => new baton.Emitter(),
  BatonClient: () => new baton.BatonClient({ url: 'ws://127.0.0.1:1/', WebSocket: NoSocket }),
  BatonDocument: () => EXAMPLES.BatonClient().document('notes', 'view'),
  BatonError: () => new baton.BatonError('busy', 'later', 1000),
  ConnectionLost: () => new baton.ConnectionLost(1006, ''),
  Keep: () => new keep.Keep({}),
  BatonProvider: () => new yjs.BatonProvider(EXAMPLES.BatonDocument(), new Y.Doc()),
};

/** The values and classes that a declaration file exports, with the members of each class. */
function declared(file) {
  const text = readFileSync(new URL(file, HOME), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = new Map();
  let members = null;
  for (const line of text.split('\n')) {
    const [, kind, name] = /^export (const|function|class) (\w+)/.exec(line) ?? [];
    if (kind) {
      members = kind === 'class' ? [] : null;
      found.set(name, members ?? []);
    } else if (line === '}' || line === '};') {
      members = null;
    } else if (members) {
      const [, member] = /^ {2}(?:(?:protected|private|readonly|get) )*(\w+)\??[(:<]/.exec(line) ?? [];
      members.push(...(member && member !== 'constructor' ? [member] : []));
    }
  }
  return found;
}

/** What is really there: own fields, methods and getters, without what comes from `EventTarget` and `Error`. */
function real(name, Class) {
  const fields = Object.keys(EXAMPLES[name]());
  const methods = Object.getOwnPropertyNames(Class.prototype).filter((member) => member !== 'constructor');
  return new Set([...fields, ...methods]);
}

for (const [file, module] of [['baton.d.cts', baton], ['keep.d.cts', keep], ['react.d.cts', react], ['yjs.d.cts', yjs]]) {
  test(`${file} names what the module exports, and nothing else`, () => {
    assert.deepEqual([...declared(file).keys()].sort(), Object.keys(module).sort());
  });

  for (const [name, members] of declared(file)) {
    if (name in EXAMPLES) {
      test(`${file}: every member declared of ${name} is there, and every one that is there is declared`, () => {
        const there = real(name, module[name]);
        const inherited = ['message', 'stack'];
        // Told of a problem only.
        inherited.push(...(name === 'BatonError' ? ['document', 'event', 'seq', 'session'] : []));
        const missing = members.filter((member) => !there.has(member) && !inherited.includes(member));
        assert.deepEqual(missing, [], 'declared and not there');
        const silent = [...there].filter((member) => !members.includes(member) && !WITHIN[name].includes(member) && !inherited.includes(member));
        assert.deepEqual(silent, [], 'there and not declared');
      });
    }
  }
}

test('the events that are declared are those that are told', () => {
  const types = readFileSync(new URL('baton.d.cts', HOME), 'utf8') + readFileSync(new URL('yjs.d.cts', HOME), 'utf8');
  const names = [...types.matchAll(/export type \w+Events = \{([\s\S]*?)^\};/gm)]
    .flatMap(([, body]) => [...body.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/^ {2}'?([\w-]+)'?:/gm)])
    .map(([, name]) => name);
  const told = ['baton.js', 'document.js', 'yjs.js']
    .map((file) => readFileSync(new URL(file, HOME), 'utf8'))
    .flatMap((text) => [...text.matchAll(/this\.emit\('([\w-]+)'/g)])
    .map(([, name]) => name);
  assert.deepEqual([...new Set(names)].sort(), [...new Set(told)].sort());
});

test('the package ships every module that another one imports, and every file that it names is there', () => {
  const manifest = JSON.parse(readFileSync(new URL('package.json', HOME), 'utf8'));
  const files = readdirSync(HOME);
  const named = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(named));
  [manifest.main, manifest.module, manifest.types].concat(named(manifest.exports)).forEach((path) => assert.ok(files.includes(path.slice(2)), path));
  files.filter((file) => file.endsWith('.js')).forEach((file) => {
    const text = readFileSync(new URL(file, HOME), 'utf8');
    const imports = [...text.matchAll(/^(?:import|export) .* from '([^']+)'/gm)].map(([, path]) => path);
    imports.filter((path) => path.startsWith('.')).forEach((path) => assert.ok(files.includes(path.slice(2)), `${file}: ${path}`));
    imports.filter((path) => !path.startsWith('.')).forEach((path) => assert.ok(path in manifest.peerDependencies, `${file}: ${path}`));
  });
});
