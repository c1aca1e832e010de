import { ask, wordsOf } from './api.js';
import { byId, make } from './dom.js';
import { editedItem, todoItem } from './todo-item.js';

/** @typedef {import('./todo-item.js').Todo} Todo */

const list = byId('todos', HTMLUListElement);
const error = byId('list-error', HTMLElement);
const empty = byId('empty', HTMLElement);
const more = byId('more', HTMLButtonElement);
const said = byId('said', HTMLElement);
const addTitle = byId('add-title', HTMLInputElement);

const emptyWords = {
  all: 'Nothing to do yet. Add the first one above.',
  open: 'Nothing left to do.',
  done: 'Nothing is done yet.',
};
/** @type {keyof typeof emptyWords} */
let state = 'all';
/** @type {Todo[]} */
let todos = [];
/** @type {string | null} */
let next = null;
/** @type {string | undefined} */
let edited;

export function startList() {
  byId('add-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    act(async () => {
      const { todo } = await ask('POST', '/todos', { title: addTitle.value });
      addTitle.value = '';
      if (state !== 'done') todos = [todo, ...todos];
      tell(`Added “${todo.title}”.`);
    });
  });
  for (const button of document.querySelectorAll('[data-state]')) {
    button.addEventListener('click', () => {
      state = /** @type {keyof typeof emptyWords} */ (/** @type {HTMLElement} */ (button).dataset.state);
      for (const one of document.querySelectorAll('[data-state]')) {
        one.setAttribute('aria-pressed', String(one === button));
      }
      loadList();
    });
  }
  more.addEventListener('click', () =>
    act(async () => {
      const page = await ask('GET', `/todos?state=${state}&after=${next}`);
      todos = [...todos, ...page.todos];
      next = page.next;
    }),
  );
}

/** Shows the list as it is now. Also called when somebody else, such as the chat, has changed it. */
export function loadList() {
  return act(async () => {
    const page = await ask('GET', `/todos?state=${state}`);
    todos = page.todos;
    next = page.next;
  });
}

/** Forgets the list: it is of somebody who has signed out. */
export function clearList() {
  [todos, next, edited] = [[], null, undefined];
  said.replaceChildren();
  error.textContent = '';
  draw();
}

/**
 * Does something with the list and shows what came of it.
 *
 * @param {() => Promise<void>} work
 */
async function act(work) {
  error.textContent = '';
  try {
    await work();
  } catch (refusal) {
    error.textContent = wordsOf(refusal);
  }
  draw();
}

/** Draws the list, and leaves the keyboard where it was. */
function draw() {
  const focused = document.activeElement;
  const at = focused?.closest('[data-id]')?.getAttribute('data-id');
  const role = focused instanceof HTMLElement ? focused.dataset.role : undefined;
  list.replaceChildren(...todos.map((todo) => (todo.id === edited ? edit(todo) : item(todo))));
  empty.hidden = todos.length > 0;
  empty.textContent = emptyWords[state];
  more.hidden = next === null;
  if (at && role) focusOn(at, role);
}

/**
 * @param {string} id
 * @param {string} role
 */
function focusOn(id, role) {
  const found = list.querySelector(`[data-id="${id}"] [data-role="${role}"]`);
  if (found instanceof HTMLElement) found.focus();
}

/** @param {Todo} todo */
function item(todo) {
  return todoItem(todo, {
    change: (change) => act(() => save(todo, change)),
    edit: () => {
      edited = todo.id;
      draw();
      focusOn(todo.id, 'title');
    },
    remove: () => act(() => remove(todo)),
  });
}

/** @param {Todo} todo */
function edit(todo) {
  const leave = () => {
    edited = undefined;
    draw();
    focusOn(todo.id, 'edit');
  };
  return editedItem(todo, {
    save: (change) =>
      act(async () => {
        await save(todo, change);
        edited = undefined;
      }).then(() => focusOn(todo.id, 'edit')),
    cancel: leave,
  });
}

/**
 * @param {Todo} todo
 * @param {import('./todo-item.js').Change} change
 */
async function save({ id }, change) {
  const { todo } = await ask('PATCH', `/todos/${id}`, change);
  todos = todos.map((one) => (one.id === id ? todo : one)).filter(isShown);
}

/** @param {Todo} todo */
function isShown({ done }) {
  return state === 'all' || done === (state === 'done');
}

/** @param {Todo} todo */
async function remove(todo) {
  const place = todos.findIndex(({ id }) => id === todo.id);
  await ask('DELETE', `/todos/${todo.id}`);
  todos = todos.filter(({ id }) => id !== todo.id);
  draw();
  const neighbour = todos[Math.min(place, todos.length - 1)];
  if (neighbour) focusOn(neighbour.id, 'remove');
  else addTitle.focus();
  const undo = make('button', { type: 'button', onclick: () => act(() => bringBack(todo)) }, 'Undo');
  tell(`Deleted “${todo.title}”.`, undo);
}

/** @param {Todo} deleted */
async function bringBack({ title, notes, done }) {
  const { todo } = await ask('POST', '/todos', { title, notes });
  if (done) await ask('PATCH', `/todos/${todo.id}`, { done });
  tell(`“${title}” is back.`);
  const page = await ask('GET', `/todos?state=${state}`);
  todos = page.todos;
  next = page.next;
}

/**
 * @param {string} text
 * @param {Node[]} more
 */
function tell(text, ...more) {
  said.replaceChildren(make('span', {}, text), ...more);
}
