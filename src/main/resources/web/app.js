import { BatonClient } from './client/baton.js';
import { announce, byId } from './dom.js';
import { LinkPanel } from './link-panel.js';
import { Room } from './room.js';
import { forget, lastName, recall, remember } from './tab.js';

const DOCUMENT = /^[A-Za-z0-9._~/-]{1,200}$/;
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** What the close codes that are final mean to whoever reads. */
const ENDS = {
  4401: ['You are not let in', 'The node does not accept who you are.'],
  4500: ['This session goes on in another tab', 'Another tab, probably a copy of this one, has taken this session over.'],
  4501: ['You were taken out of this session', 'A moderator has ended it.'],
  4503: ['Your time is up', 'The token of this session has expired.'],
};

/** @type {?{client: BatonClient, room: Room, name: string, document: import('./client/document.js').BatonDocument}} */
let here = null;
/**
 * Where the page was when it went into the back-forward cache. @type {?{name: string, document: string, mode: 'edit' |
 * 'view'}}
 */
let left = null;

const address = new URL('socket', location.href);
address.hash = '';
const link = new LinkPanel(address.href);

// ---- the way in ----------------------------------------------------------------------------------------------------

function hashDocument() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

/** @param {string} [notice] */
function showStart(notice = '') {
  byId('room').hidden = true;
  byId('start').hidden = false;
  document.title = 'Baton';
  byId('name').value ||= lastName();
  byId('document').value = DOCUMENT.test(hashDocument()) ? hashDocument() : byId('document').value || 'welcome';
  byId('start-notice').hidden = notice === '';
  byId('start-notice').textContent = notice;
  (byId('name').value ? byId('start-form').querySelector('button') : byId('name')).focus();
}

/** @returns {?{name: string, document: string, mode: 'edit' | 'view'}} */
function readStart() {
  const name = byId('name').value.trim();
  const wanted = byId('document').value.trim();
  const nameError = !name
    ? 'Please say who you are.'
    : [...name].length > 64 || UNPRINTABLE.test(name) ? 'A name has up to 64 printable characters.' : '';
  const documentError = DOCUMENT.test(wanted)
    ? ''
    : 'A document is named by 1 to 200 of these: letters A–Z a–z, digits, and . _ ~ / -';
  fieldError('document', documentError);
  fieldError('name', nameError);
  const mode = new FormData(byId('start-form')).get('mode') === 'edit' ? 'edit' : 'view';
  return nameError || documentError ? null : { name, document: wanted, mode };
}

function fieldError(field, message) {
  byId(`${field}-error`).textContent = message;
  byId(`${field}-error`).hidden = message === '';
  byId(field).setAttribute('aria-invalid', String(message !== ''));
  if (message) {
    byId(field).focus();
  }
}

// ---- in the room ---------------------------------------------------------------------------------------------------

/**
 * @param {{name: string, document: string, mode: 'edit' | 'view', resume?: string}} who
 */
function enter({ name, document: wanted, mode, resume }) {
  const client = new BatonClient({ url: address.href.replace('http', 'ws'), user: { id: name, name }, resume, pagehide: 'close' });
  client.on('state', (detail) => here?.client === client && linked(detail));
  client.on('problem', (problem) => console.warn(problem.message));
  client.on('welcome', (detail) => here?.client === client && welcomed(detail));
  byId('start').hidden = true;
  byId('room').hidden = false;
  byId('ended').hidden = true;
  byId('room').classList.remove('over');
  byId('trouble').hidden = true;
  open(client, name, wanted, mode);
  client.connect();
  byId('title').focus();
}

function open(client, name, wanted, mode) {
  if (hashDocument() !== wanted) {
    history.pushState(null, '', `#${wanted}`);
  }
  const joined = client.document(wanted, mode);
  const room = new Room(client, joined);
  here = { client, room, name, document: joined };
  joined.on('rights', () => keep());
  joined.on('dropped', (detail) => leave(`“${wanted}” could not be opened: ${detail.message}.`));
  room.connected(client.state === 'online');
}

/** @param {string} [notice] */
async function leave(notice = '') {
  const leaving = here;
  here = null;
  if (leaving) {
    await leaving.room.leave();
    leaving.client.close();
    forget();
  }
  if (hashDocument()) {
    history.pushState(null, '', location.pathname + location.search);
  }
  showStart(notice);
}

/** The address names another document. */
async function moved() {
  const wanted = hashDocument();
  if (!here) {
    showStart();
  } else if (!wanted) {
    await leave();
  } else if (!DOCUMENT.test(wanted)) {
    history.replaceState(null, '', `#${here.document.name}`);
  } else if (wanted !== here.document.name && here.client.state !== 'ended') {
    const { client, room, name } = here;
    await room.leave();
    open(client, name, wanted, 'view');
  } else if (wanted !== here.document.name) {
    await leave();
  }
}

function startOver() {
  if (!here) {
    return;
  }
  const { client, room, name, document: old } = here;
  room.end();
  client.close();
  forget();
  enter({ name, document: old.name, mode: 'view' });
}

// ---- the connection ------------------------------------------------------------------------------------------------

let resume = '';

function welcomed(welcome) {
  resume = welcome.resume;
  byId('node-id').textContent = welcome.node;
  byId('session-id').textContent = welcome.session;
  keep();
}

function keep() {
  if (here?.client.session && here.client.state === 'online') {
    const { client, name, document: joined } = here;
    const session = /** @type {string} */ (client.session);
    remember({ name, document: joined.name, mode: joined.mode, session, resume });
  }
}

function linked(detail) {
  link.show(detail);
  here?.room.connected(detail.state === 'online');
  if (detail.state === 'ended' && here) {
    ended(detail.code, detail.reason);
  }
}

function ended(code, reason) {
  const [title, text] = ENDS[code] ?? ['The connection has ended', `The node closed it: ${reason || `code ${code}`}.`];
  forget();
  here?.room.end();
  byId('ended-title').textContent = title;
  const words = ENDS[code] && reason ? ` The node says: ${reason}.` : '';
  byId('ended-text').textContent = text + words + (here?.room.drafts ? ' What was not stored is kept below.' : '');
  byId('ended').hidden = false;
  byId('room').classList.add('over');
  byId('ended-title').focus();
  announce(title, true);
}

// ---- wiring --------------------------------------------------------------------------------------------------------

byId('start-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const who = readStart();
  if (who) {
    enter(who);
  }
});
byId('leave').addEventListener('click', () => leave());
byId('home').addEventListener('click', (event) => {
  event.preventDefault();
  leave();
});
// A room listens too, but not once its connection has ended; the form must not reload the page then.
byId('say').addEventListener('submit', (event) => event.preventDefault());
byId('start-over').addEventListener('click', startOver);
byId('ended-leave').addEventListener('click', () => leave());
byId('connection').addEventListener('click', () => here?.client.reconnectNow());
addEventListener('hashchange', moved);
addEventListener('beforeunload', (event) => {
  if (here?.room.precious) {
    event.preventDefault();
  }
});
// A page that goes into the back-forward cache is left, not loaded again: its session ends, and the pen goes on at
// once. Before the client, which would only close the connection.
addEventListener('pagehide', ({ persisted }) => {
  if (persisted && here && here.client.state !== 'ended') {
    const { client, room, name, document: { name: document, mode } } = here;
    left = { name, document, mode };
    here = null;
    room.end();
    client.bye();
  }
}, true);
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && left) {
    enter(left);
    left = null;
  }
});

const memory = await recall();
if (memory && (!hashDocument() || hashDocument() === memory.document)) {
  enter(memory);
} else {
  forget();
  showStart();
}
