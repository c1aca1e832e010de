import { send, wordsOf } from './api.js';
import { byId, make } from './dom.js';
import { eventsOf } from './events.js';

const form = byId('chat-form', HTMLFormElement);
const messages = byId('messages', HTMLElement);
const question = byId('question', HTMLTextAreaElement);
const sendButton = byId('send', HTMLButtonElement);
const stop = byId('stop', HTMLButtonElement);
const greeting = [...messages.childNodes];

/** As many as the agent gets to know of what was said before. */
const MOST_REMEMBERED = 20;
/** @type {{ role: 'user' | 'assistant', content: string }[]} */
let history = [];
/** @type {AbortController | undefined} */
let running;

/**
 * The chat. `onChange` is called when the agent has changed the list.
 *
 * @param {() => void} onChange
 */
export function startChat(onChange) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const content = question.value.trim();
    if (content && !running) converse(content, onChange);
  });
  // Enter sends, as in other chats, and with Shift it is a new line.
  question.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  stop.addEventListener('click', () => running?.abort());
}

/** Forgets what was said: it is of somebody who has signed out. */
export function clearChat() {
  running?.abort();
  history = [];
  question.value = '';
  messages.replaceChildren(...greeting);
}

/**
 * @param {string} content
 * @param {() => void} onChange
 */
async function converse(content, onChange) {
  const mine = new AbortController();
  running = mine;
  setBusy(true);
  question.value = '';
  show('user', content);
  history = [...history, { role: /** @type {const} */ ('user'), content }].slice(-MOST_REMEMBERED);
  const bubble = show('assistant', '…');
  try {
    const answer = await send('POST', '/chat', { messages: history }, mine.signal);
    if (answer.body) await read(answer.body, bubble, onChange);
  } catch (error) {
    if (mine.signal.aborted) note(bubble, 'Stopped.');
    else fail(bubble, wordsOf(error));
  } finally {
    if (running === mine) running = undefined;
    setBusy(false);
  }
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {HTMLElement} bubble
 * @param {() => void} onChange
 */
async function read(body, bubble, onChange) {
  let text = '';
  for await (const { event, data } of eventsOf(body)) {
    if (event === 'text') {
      text += data.text;
      bubble.textContent = text;
      messages.scrollTop = messages.scrollHeight;
    } else if (event === 'tool' && data.ok && data.name !== 'list_todos') {
      onChange();
    } else if (event === 'done') {
      note(bubble, `Answered by ${data.model}`);
      history = [...history, { role: 'assistant', content: text.slice(0, 4000) || '…' }];
      return;
    } else if (event === 'error') {
      return fail(bubble, data.message);
    }
  }
  fail(bubble, 'The answer broke off. Try again.');
}

/**
 * @param {'user' | 'assistant'} role
 * @param {string} text
 */
function show(role, text) {
  const bubble = make('p', { className: `message ${role}` }, text);
  messages.append(bubble);
  messages.scrollTop = messages.scrollHeight;
  return bubble;
}

/**
 * @param {HTMLElement} bubble
 * @param {string} text
 */
function note(bubble, text) {
  if (bubble.textContent === '…') bubble.remove();
  messages.append(make('p', { className: 'by' }, text));
  messages.scrollTop = messages.scrollHeight;
}

/**
 * @param {HTMLElement} bubble
 * @param {string} text
 */
function fail(bubble, text) {
  note(bubble, '');
  messages.lastElementChild?.replaceWith(make('p', { className: 'message error' }, text));
}

/** @param {boolean} isBusy */
function setBusy(isBusy) {
  sendButton.hidden = isBusy;
  stop.hidden = !isBusy;
  if (!isBusy) question.focus();
}
