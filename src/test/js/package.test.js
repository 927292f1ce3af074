import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import test from 'node:test';
import { buildSync } from 'esbuild';

/** What an entry point may weigh in an application's bundle: minified, gzipped, in bytes. */
const MOST = { 'baton-client': 9_200, 'baton-client/keep': 600, 'baton-client/react': 800, 'baton-client/yjs': 6_500 };

for (const [entry, most] of Object.entries(MOST)) {
  test(`${entry} stays as small as is stated`, () => {
    const { outputFiles } = buildSync({
      stdin: { contents: `export * from '${entry}';`, resolveDir: process.cwd() },
      bundle: true,
      minify: true,
      format: 'esm',
      external: ['yjs', 'react'],
      write: false,
    });
    const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    assert.ok(bytes <= most, `${bytes} bytes`);
  });
}

/** Runs a script as CommonJS, where `require` takes no ES modules. */
function commonJs(script) {
  const old = process.allowedNodeEnvironmentFlags.has('--experimental-require-module') ? ['--no-experimental-require-module'] : [];
  const { stdout, stderr } = spawnSync(process.execPath, [...old, '--input-type=commonjs', '-e', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

test('require takes every module, gets all that import gets, and it is one client throughout', async () => {
  const names = ['baton-client', 'baton-client/keep', 'baton-client/react', 'baton-client/yjs'];
  const [exported, classes] = commonJs(`
    const exported = ${JSON.stringify(names)}.map((name) => Object.keys(require(name)).sort());
    const { BatonClient, BatonError, Emitter } = require('baton-client');
    const { BatonProvider } = require('baton-client/yjs');
    const client = new BatonClient({ url: 'ws://127.0.0.1:1/', WebSocket: class {} });
    console.log(JSON.stringify([exported, [client instanceof Emitter, client.document('notes', 'view') instanceof Emitter,
      BatonProvider.prototype instanceof Emitter, new BatonError('busy', 'later').passing]]));`);
  const imported = await Promise.all(names.map((name) => import(name)));
  assert.deepEqual(exported, imported.map((module) => Object.keys(module).sort()));
  assert.deepEqual(classes, [true, true, true, true]);
});

test('a bundler that is given require takes the ES modules, for a browser has no file system', () => {
  const { outputFiles } = buildSync({
    stdin: { contents: "console.log(require('baton-client'));", resolveDir: process.cwd() },
    bundle: true,
    write: false,
  });
  assert.doesNotMatch(outputFiles[0].text, /readFileSync/);
});
