import { parentPort, workerData } from 'node:worker_threads';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BatonClient } from 'baton-client';
import { BatonProvider } from 'baton-client/yjs';

/**
 * A thread with providers that join one after the other; tells how many frames all of them were sent but for entries,
 * and when all see all.
 */
const { nodes, name, size, within } = workerData;
let frames = 0;

class Counted extends WebSocket {
  constructor(...of) {
    super(...of);
    this.addEventListener('message', ({ data }) => (frames += data.includes('"type":"entries"') ? 0 : 1));
  }
}

const providers = [];

async function join() {
  for (let i = 0; i < size; i++) {
    const client = new BatonClient({ url: nodes[i % nodes.length], user: { id: `c${i}`, name: `c${i}` }, WebSocket: Counted });
    const provider = new BatonProvider(client.document(name, 'view'), new Y.Doc(), { awarenessProtocol });
    provider.awareness.setLocalStateField('cursor', i);
    client.on('problem', () => {}); // one that is thrown out comes back
    providers.push({ client, provider });
    client.connect();
    // On a machine that is too slow for it, they come as fast as they are let in.
    await Promise.all([provider.whenSynced(), new Promise((resolve) => setTimeout(resolve, within / size))]);
  }
  joined = performance.now() - begun;
}

const begun = performance.now();
let joined = 0;
join();
setInterval(() => {
  const seen = ({ provider }) => [...provider.awareness.getStates().values()].filter(({ cursor }) => cursor !== undefined).length;
  parentPort.postMessage({ frames, joined, all: providers.length === size && providers.every((one) => seen(one) === size) });
}, 500);
