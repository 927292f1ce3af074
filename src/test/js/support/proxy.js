import { connect, createServer } from 'node:net';

/**
 * A network between clients and a node, which a test can make as bad as it wants: it delays, falls silent, cuts, and
 * keeps the far half of a connection alive after its client has gone, so that for the node a session has two of them.
 */
export class Proxy {
  /** How long what clients send takes, in milliseconds. */
  delay = 0;
  /** For how long the far half of a connection that was cut goes on, and brings the node what was on its way. */
  linger = 0;
  /** Whether connections are turned away. */
  closed = false;

  #server;
  #pairs = new Set();
  #silent = false;

  /** @param {string} target a node's address @returns {Promise<Proxy>} */
  static async to(target) {
    const { hostname, port } = new URL(target);
    const proxy = new Proxy();
    proxy.#server = createServer((near) => proxy.#accept(near, Number(port), hostname));
    await new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}/socket`;
  }

  /** How many connections are open on the clients' side. */
  get connections() {
    return [...this.#pairs].filter(({ near }) => !near.destroyed).length;
  }

  /** Nothing passes any more, in no direction; connections stay open. */
  fallSilent() {
    this.#silent = true;
    this.#pairs.forEach(({ near, far }) => [near, far].forEach((socket) => socket.pause()));
  }

  /** What waited passes. */
  flow() {
    this.#silent = false;
    this.#pairs.forEach(({ near, far }) => [near, far].forEach((socket) => socket.resume()));
  }

  /** Ends all connections of clients without a word. */
  cut() {
    this.#pairs.forEach((pair) => this.#cut(pair));
  }

  async close() {
    this.linger = 0;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near, port, host) {
    if (this.closed) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    const pair = { near, far, due: 0, acts: [] };
    this.#pairs.add(pair);
    [near, far].forEach((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      if (this.#silent) {
        socket.pause();
      }
    });
    near.on('data', (bytes) => this.#later(pair, () => far.writable && far.write(bytes)));
    far.on('data', (bytes) => near.writable && near.write(bytes));
    near.on('close', () => this.#later(pair, () => far.destroy(), this.linger));
    far.on('close', () => {
      near.destroy();
      this.#pairs.delete(pair);
    });
  }

  /** In order, whatever the delay is meanwhile, and whichever timer is first. */
  #later(pair, act, more = 0) {
    const now = performance.now();
    pair.due = Math.max(pair.due, now + this.delay + more);
    pair.acts.push(act);
    if (pair.due > now) {
      setTimeout(() => pair.acts.shift()(), pair.due - now);
    } else {
      pair.acts.shift()();
    }
  }

  #cut(pair) {
    pair.near.destroy();
  }
}
