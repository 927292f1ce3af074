import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { NODES } from '../support/people.js';

const HOME = fileURLToPath(new URL('../node_modules/', import.meta.url));

test('publint finds nothing wrong with the package', async () => {
  const { messages, pkg } = await publint({ pkgDir: join(HOME, 'baton-client'), level: 'suggestion', strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test('the types of every entry point are those of what import and require get', async () => {
  const tarball = join(tmpdir(), `baton-client-${process.pid}.tgz`);
  const answer = await fetch(`${NODES[0].replace(/^ws/, 'http').replace(/socket$/, '')}client/baton-client.tgz`);
  writeFileSync(tarball, Buffer.from(await answer.arrayBuffer()));
  const { status, stdout } = spawnSync(process.execPath, [join(HOME, '@arethetypeswrong/cli/dist/index.js'), tarball], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
