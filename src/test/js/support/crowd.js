import { parentPort, workerData } from 'node:worker_threads';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BatonClient } from 'baton-client';
import { BatonProvider } from 'baton-client/yjs';

/** A thread with providers that join one after the other; tells how many frames all of them were sent, and when all see all. */
const { nodes, name, size, within } = workerData;
let frames = 0;

class Counted extends WebSocket {
  constructor(...of) {
    super(...of);
    this.addEventListener('message', () => frames++);
  }
}

const providers = [];
for (let i = 0; i < size; i++) {
  setTimeout(() => {
    const client = new BatonClient({ url: nodes[i % nodes.length], user: { id: `c${i}`, name: `c${i}` }, WebSocket: Counted });
    const provider = new BatonProvider(client.document(name, 'view'), new Y.Doc(), { awarenessProtocol });
    provider.awareness.setLocalStateField('cursor', i);
    providers.push({ client, provider });
    client.connect();
  }, (i * within) / size);
}
setInterval(() => {
  const seen = ({ provider }) => [...provider.awareness.getStates().values()].filter(({ cursor }) => cursor !== undefined).length;
  parentPort.postMessage({ frames, all: providers.length === size && providers.every((one) => seen(one) === size) });
}, 500);
