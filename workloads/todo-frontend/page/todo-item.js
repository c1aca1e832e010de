import { make } from './dom.js';

/**
 * @typedef {{ id: string, title: string, notes: string, done: boolean }} Todo
 * @typedef {{ title?: string, notes?: string, done?: boolean }} Change
 */

/**
 * One todo of the list.
 *
 * @param {Todo} todo
 * @param {{ change: (change: Change) => void, edit: () => void, remove: () => void }} on
 */
export function todoItem(todo, on) {
  const box = make('input', {
    type: 'checkbox',
    checked: todo.done,
    onchange: () => on.change({ done: box.checked }),
  });
  box.dataset.role = 'done';
  const words = make('span', { className: 'words' }, make('span', { className: 'title' }, todo.title));
  if (todo.notes) words.append(make('span', { className: 'notes' }, todo.notes));
  const edit = make('button', { type: 'button', className: 'quiet', onclick: on.edit }, 'Edit');
  edit.dataset.role = 'edit';
  edit.setAttribute('aria-label', `Edit “${todo.title}”`);
  const remove = make('button', { type: 'button', className: 'quiet', onclick: on.remove }, 'Delete');
  remove.dataset.role = 'remove';
  remove.setAttribute('aria-label', `Delete “${todo.title}”`);
  const item = make(
    'li',
    { className: todo.done ? 'todo done' : 'todo' },
    make('label', {}, box, words),
    edit,
    remove,
  );
  item.dataset.id = todo.id;
  return item;
}

/**
 * The same while it is edited. Escape leaves it as it was.
 *
 * @param {Todo} todo
 * @param {{ save: (change: Change) => void, cancel: () => void }} on
 */
export function editedItem(todo, on) {
  const title = make('input', { value: todo.title, maxLength: 200, required: true, ariaLabel: 'Title' });
  title.dataset.role = 'title';
  const notes = make('textarea', {
    value: todo.notes,
    maxLength: 4000,
    rows: 2,
    ariaLabel: 'Notes',
    placeholder: 'Notes',
  });
  const buttons = make(
    'div',
    {},
    make('button', { type: 'submit', className: 'main' }, 'Save'),
    make('button', { type: 'button', onclick: on.cancel }, 'Cancel'),
  );
  const form = make('form', { className: 'edit' }, title, notes, buttons);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    on.save({ title: title.value, notes: notes.value });
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') on.cancel();
  });
  const item = make('li', { className: 'todo' }, form);
  item.dataset.id = todo.id;
  return item;
}
