/** How long the node may take to say why, in milliseconds. */
const PATIENCE = 5000;

const UPGRADE_REQUIRED = 426;

/**
 * Why the node lets this page open no socket. A browser does not show a page the answer to a refused handshake, so it
 * is asked again by a request whose answer can be read.
 *
 * @param {string} address of the socket, by http
 * @returns {Promise<{words: string, handshake: boolean}>} the node's words, or none when nobody answers; `handshake` when all that is
 *   wrong is that no handshake has arrived: then something between page and node does not pass it on, unless the node
 *   was just not there
 */
export async function whyRefused(address) {
  try {
    const response = await fetch(address, { method: 'POST', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    const words = (await response.text()).trim();
    const told = response.headers.get('Content-Type')?.startsWith('application/json') ? JSON.parse(words).error : words;
    return response.ok ? { words: '', handshake: false } : { words: String(told), handshake: response.status === UPGRADE_REQUIRED };
  } catch {
    return { words: '', handshake: false };
  }
}
