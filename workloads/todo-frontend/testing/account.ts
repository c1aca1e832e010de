import { setTimeout as pause } from 'node:timers/promises';
import { PASSWORD } from '../../todo-backend/testing/backend-under-test';

/** Somebody with an account who uses the API through the frontend. */
export interface Account {
  /** What was acknowledged, whatever happened then. */
  readonly acknowledged: readonly string[];
  /** Adds a todo; whether that was acknowledged. */
  readonly add: (title: string) => Promise<boolean>;
  /** Adds one after the other, whether they are acknowledged or not, until it is stopped. */
  readonly addWithoutEnd: () => { stop(): Promise<void> };
  readonly titles: () => Promise<string[]>;
}

const PAUSE_MS = 400;

/** Signs somebody up at the page's address. */
export async function signUpAt(url: string, email: string): Promise<Account> {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email, password: PASSWORD });
  const signedUp = await fetch(`${url}/api/users`, { method: 'POST', body, headers: json });
  if (signedUp.status !== 201) throw new Error(`signing up was answered with ${signedUp.status}`);
  const cookie = signedUp.headers.get('set-cookie')?.split(';')[0] ?? '';
  const acknowledged: string[] = [];
  const ask = (path: string, more: RequestInit = {}) =>
    fetch(`${url}/api${path}`, {
      ...more,
      headers: { ...json, cookie },
      signal: AbortSignal.timeout(10_000),
    });

  async function add(title: string): Promise<boolean> {
    const asked = ask('/todos', { method: 'POST', body: JSON.stringify({ title }) });
    // That nobody answers is no acknowledgement.
    const isAcknowledged = await asked.then(
      ({ status }) => status === 201,
      () => false,
    );
    if (isAcknowledged) acknowledged.push(title);
    return isAcknowledged;
  }

  return {
    acknowledged,
    add,
    addWithoutEnd: () => {
      let goesOn = true;
      const work = (async () => {
        for (let count = 0; goesOn; count++) {
          await add(`todo ${count}`);
          await pause(PAUSE_MS);
        }
      })();
      return {
        stop: async () => {
          goesOn = false;
          await work;
        },
      };
    },
    titles: async () => {
      const titles: string[] = [];
      let after: string | null = '';
      while (after !== null) {
        const answer: Response = await ask(`/todos?limit=100${after && `&after=${after}`}`);
        if (answer.status !== 200) throw new Error(`the list was answered with ${answer.status}`);
        const page = (await answer.json()) as { todos: { title: string }[]; next: string | null };
        titles.push(...page.todos.map(({ title }) => title));
        after = page.next;
      }
      return titles;
    },
  };
}
