/** What the backend refused, in words for the user. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Called when the session has ended, wherever that is noticed. */
let onSignedOut = () => {};

/** @param {() => void} listener */
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

/**
 * Asks the backend and gives its JSON.
 *
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export async function ask(method, path, body) {
  const answer = await send(method, path, body);
  return answer.status === 204 ? undefined : answer.json();
}

/**
 * The same for an answer that is read as it comes.
 *
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {AbortSignal} [signal]
 */
export async function send(method, path, body, signal) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(`api${path}`, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body && JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, 'There is no connection at the moment. Try again.');
  }
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({ error: {} }));
  if (error.code === 'not_signed_in') onSignedOut();
  throw new Refused(answer.status, sentence(error));
}

/** @param {{ message?: string, details?: { where: string, expected: string }[] }} error */
function sentence({ message = 'Something went wrong. Try again.', details = [] }) {
  const more = details.map(({ where, expected }) => `${where.replace('body.', '')}: ${expected}`);
  return more.length === 0 ? message : `${message} (${more.join('; ')})`;
}

/** @param {unknown} error */
export function wordsOf(error) {
  return error instanceof Refused ? error.message : 'Something went wrong. Try again.';
}
