import { handOvers, parse, total } from './metrics.js';

/** How often the node is asked, in milliseconds. */
const EVERY = 2000;

/** How many documents are shown: each is a question of its own. */
const SHOWN = 40;

/** How many lines of what was seen are kept. */
const LINES = 200;

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

let paused = false;
let timer = 0;
/** The document whose members are shown. */
let open = '';
/** What was counted last time, for what happens in a second. @type {?{at: number, applied: number}} */
let before = null;
/**
 * Where each pen was when it was looked at last. @type {Map<string, {epoch: number, state: string, holder: string}>}
 */
const pens = new Map();

function el(tag, text = '', className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function button(label, act, className = '') {
  const element = el('button', label, className);
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

const seconds = (value) => (value === Infinity ? 'longer' : value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);
const nameOf = (member) => member?.user?.name || member?.user?.id || 'nobody';

// ---- asking --------------------------------------------------------------------------------------------------------

async function ask(path, body) {
  const options = body ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {};
  const response = await fetch(path, { cache: 'no-store', ...options });
  const answer = await response.json();
  if (!response.ok && answer.error) {
    throw new Error(answer.error);
  }
  return answer;
}

const about = (what, name) => ask(`../api/documents/${what}?document=${encodeURIComponent(name)}`);

async function look() {
  clearTimeout(timer);
  try {
    await Promise.all([drawReady(), drawMetrics(), drawDocuments(), drawMembers()]);
  } catch (error) {
    sayReady('down', `The node does not answer: ${error.message}`);
  }
  timer = paused ? 0 : setTimeout(look, EVERY);
}

// ---- drawing -------------------------------------------------------------------------------------------------------

function sayReady(state, words) {
  const ready = byId('ready');
  ready.dataset.state = state;
  if (ready.textContent !== words) {
    ready.textContent = words;
  }
}

async function drawReady() {
  const { status, causes } = await ask('../health/ready');
  sayReady(status, status === 'up' ? 'Ready' : `Not ready: ${Object.values(causes).join(', ')}`);
}

async function drawMetrics() {
  const metrics = parse(await (await fetch('../metrics', { cache: 'no-store' })).text());
  const now = { at: performance.now(), applied: total(metrics, 'baton_applied_total') ?? 0 };
  const rate = before ? ((now.applied - before.applied) * 1000) / (now.at - before.at) : 0;
  before = now;
  const tiles = [
    ['Live nodes', total(metrics, 'baton_cluster_nodes')],
    ['Sockets here', total(metrics, 'baton_sockets')],
    ['Sessions here', total(metrics, 'baton_sessions')],
    ['Documents open here', total(metrics, 'baton_rooms')],
    ['Entries a second', Math.round(rate * 10) / 10],
    ['Fenced', total(metrics, 'baton_fenced_total')],
    ['Store', { 1: 'up', 0: 'down' }[total(metrics, 'baton_store_up') ?? ''] ],
  ].filter(([, value]) => value !== undefined);
  byId('tiles').replaceChildren(
    ...tiles.map(([label, value]) => {
      const tile = el('div');
      tile.append(el('dt', String(label)), el('dd', String(value)));
      return tile;
    }),
  );
  byId('handovers').replaceChildren(
    ...handOvers(metrics).map(({ cause, count, mean, ninety }) => {
      const row = el('tr');
      row.append(el('td', cause), el('td', String(count)), el('td', seconds(mean)), el('td', seconds(ninety)));
      return row;
    }),
  );
}

async function drawDocuments() {
  const begins = byId('filter').value.trim();
  const { documents, more } = await ask(`../api/documents?after=${encodeURIComponent(justBefore(begins))}`);
  const wanted = documents.filter((name) => name.startsWith(begins));
  const shown = wanted.slice(0, SHOWN);
  const states = (await Promise.all(shown.map((name) => about('state', name).catch(() => null)))).filter(Boolean);
  states.forEach(note);
  byId('documents-count').textContent = `${wanted.length}${more ? ' and more' : ''}`;
  byId('documents-note').textContent = wanted.length > shown.length ? `The first ${SHOWN} are shown.` : '';
  const had = document.activeElement?.closest('#documents tr')?.dataset.name;
  byId('documents').replaceChildren(...states.map(documentRow));
  if (had) {
    [...byId('documents').rows].find((row) => row.dataset.name === had)?.querySelector('button')?.focus();
  }
}

/** Names come in order, of characters up to `~`: what lies before all that begin so, and hardly anything else. */
function justBefore(begins) {
  return begins && `${begins.slice(0, -1)}${String.fromCharCode(begins.charCodeAt(begins.length - 1) - 1)}~`;
}

function documentRow({ document: name, epoch, holder, state, until, queue, seq, cause }) {
  const row = el('tr');
  row.dataset.name = name;
  const title = el('td');
  title.append(button(name, () => show(name), 'link'));
  const words = {
    held: nameOf(holder),
    reserved: `kept for ${nameOf(holder)}${until === undefined ? '' : `, ${seconds(until / 1000)}`}`,
    free: 'free',
  };
  row.append(title, el('td', words[state], state), el('td', String(queue.length)), el('td', String(epoch)), el('td', String(seq)), el('td', cause));
  return row;
}

/** What moved since the last look. */
function note({ document: name, epoch, holder, state, cause }) {
  const known = pens.get(name);
  const now = { epoch, state, holder: nameOf(holder) };
  pens.set(name, now);
  if (!known || (known.epoch === epoch && known.state === state)) {
    return;
  }
  const words = epoch > known.epoch
    ? `${name}: the pen went from ${known.holder} to ${now.holder}, epoch ${epoch} (${cause})`
    : `${name}: the pen of ${now.holder} is ${state}`;
  const line = el('li');
  line.append(el('time', new Date().toLocaleTimeString()), words);
  byId('seen').prepend(line);
  while (byId('seen').children.length > LINES) {
    byId('seen').lastElementChild.remove();
  }
}

// ---- one document --------------------------------------------------------------------------------------------------

async function show(name) {
  open = name;
  byId('members-section').hidden = false;
  byId('members-title').textContent = name;
  byId('members').replaceChildren();
  await drawMembers();
  byId('members-title').focus();
}

async function drawMembers() {
  if (!open) {
    return;
  }
  const name = open;
  const { members } = await about('members', name).catch(() => ({ members: [] }));
  if (name !== open || document.activeElement?.closest('#members')) {
    return; // nothing moves away under a finger
  }
  byId('members').replaceChildren(...members.map((member) => memberRow(name, member)));
}

function memberRow(name, member) {
  const { session, state, mode, since } = member;
  const row = el('tr');
  const id = el('td');
  id.append(el('code', session));
  const actions = el('td');
  const buttons = el('div', '', 'buttons');
  const who = nameOf(member);
  buttons.append(
    button('Give the pen', () => act(`Give the pen of ${name} to ${who} now?`, '../api/documents/handover', { document: name, session })),
    button('End session', () => act(`End the session of ${who}? It leaves all its documents.`, '../api/documents/remove', { document: name, session }), 'danger'),
  );
  actions.append(buttons);
  row.append(el('td', who), el('td', state, state), el('td', mode), el('td', new Date(since).toLocaleString()), id, actions);
  return row;
}

async function act(question, path, body) {
  byId('sure-text').textContent = question;
  const dialog = byId('sure');
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  document.activeElement?.blur();
  if (dialog.returnValue === 'yes') {
    try {
      await ask(path, body);
    } catch (error) {
      sayReady('down', `That did not work: ${error.message}`);
      return;
    }
    await look();
  }
}

// ---- wiring --------------------------------------------------------------------------------------------------------

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
  byId('pause').textContent = paused ? 'Go on' : 'Pause';
  look();
});
byId('filter').addEventListener('input', () => look());
byId('members-close').addEventListener('click', () => {
  open = '';
  byId('members-section').hidden = true;
});
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
look();
