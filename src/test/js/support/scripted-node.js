import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const CLOSE = 8;

/**
 * A WebSocket server that answers as a test says, for what a real node says too rarely.
 *
 * @param {Record<string, (peer: Peer, frame: any, visit: number) => void>} answers by type of frame; `hello` is welcomed unless
 *   it is among them; `visit` counts connections from 1
 */
export async function scriptedNode(answers = {}) {
  const peers = new Set();
  const hellos = [];
  const frames = [];
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const peer = new Peer(socket);
    const visit = peers.add(peer).size;
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + MAGIC).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: baton.v1\r\n\r\n`,
    );
    peer.listen((frame) => {
      if (frame.type === 'hello') {
        hellos.push(frame);
      }
      frames.push(frame);
      const answer = answers[frame.type] ?? (frame.type === 'hello' ? (at) => at.welcome(frame) : () => {});
      answer(peer, frame, visit);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${server.address().port}/socket`,
    hellos,
    /** Everything that clients sent, in order. */
    frames,
    get peers() {
      return [...peers];
    },
    close() {
      peers.forEach((peer) => peer.destroy());
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const HELD = { epoch: 1, holder: null, state: 'held', queue: [], you: 'holder', cause: 'joined' };

/** The entry that tells of the lock: whoever has it knows all that was written before. */
const given = (seq) => ({ seq, kind: 'rights', epoch: 1, session: 's-1', user: { id: 'ada', name: 'Ada' }, id: '', at: 1, data: {} });

/** The answer to a join: an empty document whose lock the client holds, or what is said of it instead. */
export function joined({ ref, document }, more = {}) {
  const empty = { log: 'l', seq: 0, recovered: false, snapshot: null, entries: [given(more.seq ?? 0)], members: [], count: 0, rights: HELD };
  return { type: 'joined', ref, document, ...empty, ...more };
}

/** One connection of a client. */
class Peer {
  #socket;
  #bytes = Buffer.alloc(0);

  constructor(socket) {
    this.#socket = socket;
    socket.on('error', () => {});
  }

  /** @param {(frame: any) => void} heard */
  listen(heard) {
    this.#socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      for (let frame = this.#next(); frame; frame = this.#next()) {
        if (frame.opcode === TEXT) {
          heard(JSON.parse(frame.payload.toString('utf8')));
        } else if (frame.opcode === CLOSE) {
          this.#socket.end();
        }
      }
    });
  }

  welcome({ ref }, more = {}) {
    const heartbeat = { interval: 5000, timeout: 10000 };
    const user = { id: 'ada', name: 'Ada' };
    this.send({ type: 'welcome', ref, session: 's-1', resume: 'secret', resumed: false, user, node: 'n-1', heartbeat, limits: {}, ...more });
  }

  send(frame) {
    this.#write(TEXT, Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)));
  }

  /** What is sent meanwhile arrives in one piece. @param {() => void} sending */
  together(sending) {
    this.#socket.cork();
    sending();
    this.#socket.uncork();
  }

  close(code, reason = '') {
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code);
    payload.write(reason, 2);
    this.#write(CLOSE, payload);
  }

  destroy() {
    this.#socket.destroy();
  }

  #write(opcode, payload) {
    const long = payload.length > 125;
    const longer = payload.length > 65535;
    const head = Buffer.alloc(longer ? 10 : long ? 4 : 2);
    head[0] = 0x80 | opcode;
    head[1] = longer ? 127 : long ? 126 : payload.length;
    if (longer) {
      head.writeBigUInt64BE(BigInt(payload.length), 2);
    } else if (long) {
      head.writeUInt16BE(payload.length, 2);
    }
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #next() {
    const bytes = this.#bytes;
    const short = bytes.length < 2 ? 0 : bytes[1] & 0x7f;
    const at = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < at + 4) {
      return null;
    }
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    const end = at + 4 + length;
    if (bytes.length < end) {
      return null;
    }
    const mask = bytes.subarray(at, at + 4);
    const payload = Buffer.from(bytes.subarray(at + 4, end)).map((byte, i) => byte ^ mask[i % 4]);
    this.#bytes = bytes.subarray(end);
    return { opcode: bytes[0] & 0x0f, payload };
  }
}
