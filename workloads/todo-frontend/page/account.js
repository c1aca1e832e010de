import { ask, wordsOf } from './api.js';
import { byId } from './dom.js';

const form = byId('account-form', HTMLFormElement);
const email = byId('account-email', HTMLInputElement);
const password = byId('account-password', HTMLInputElement);
const error = byId('account-error', HTMLElement);
const submit = byId('account-submit', HTMLButtonElement);

const ways = {
  in: { title: 'Sign in', path: '/session', other: 'Sign up', question: 'No account yet?' },
  up: { title: 'Sign up', path: '/users', other: 'Sign in', question: 'You have an account?' },
};
/** @type {keyof typeof ways} */
let way = 'in';

/** @param {keyof typeof ways} chosen */
function choose(chosen) {
  way = chosen;
  const { title, other, question } = ways[way];
  byId('account-title', HTMLElement).textContent = title;
  submit.textContent = title;
  byId('account-switch', HTMLElement).textContent = other;
  byId('account-question', HTMLElement).textContent = question;
  byId('account-hint', HTMLElement).hidden = way === 'in';
  password.autocomplete = way === 'in' ? 'current-password' : 'new-password';
  error.textContent = '';
}

/**
 * Signs people in and up.
 *
 * @param {(user: { email: string }) => void} onSignedIn
 */
export function startAccount(onSignedIn) {
  byId('account-switch', HTMLElement).addEventListener('click', () => {
    choose(way === 'in' ? 'up' : 'in');
    email.focus();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    submit.disabled = true;
    try {
      const { user } = await ask('POST', ways[way].path, { email: email.value, password: password.value });
      password.value = '';
      onSignedIn(user);
    } catch (refusal) {
      error.textContent = wordsOf(refusal);
      password.focus();
    } finally {
      submit.disabled = false;
    }
  });
}

export function showAccount() {
  choose('in');
  email.focus();
}
