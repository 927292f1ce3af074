import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { NODES, person } from '../../support/people.js';
import { readerOf } from '../../support/replay.js';

const WRITTEN = process.env.BATON_WRITTEN;

for (const file of readdirSync(WRITTEN)) {
  test(`after a restart ${file} is the same text`, async (t) => {
    const { name, end } = JSON.parse(readFileSync(join(WRITTEN, file), 'utf8'));
    const client = person(t, 'reader', NODES[0]);
    const document = client.document(name, 'view');
    const reader = readerOf(document);
    client.connect();
    await document.whenSynced();
    assert.ok(reader.text === end, `${reader.text.length} of ${end.length} characters`);
  });
}
