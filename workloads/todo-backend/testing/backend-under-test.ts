import { createLog } from '../../shared/log';
import type { RunningService } from '../../shared/server';
import { startPostgres, type TestPostgres } from '../../shared/testing/postgres';
import { startBackend } from '../backend';
import { migrate } from '../migrations';
import { ApiUser } from './api-user';

export const KEY = 'a key that is long enough for tests';

/** A backend with a real database, which is its own. */
export interface BackendUnderTest {
  readonly url: string;
  readonly postgres: TestPostgres;
  readonly env: NodeJS.ProcessEnv;
  /** Every line of its log so far. */
  readonly lines: string[];
  /** Somebody with an account, signed in; each call is somebody else. */
  user(): Promise<ApiUser>;
  /** Somebody who is not signed in. */
  stranger(): ApiUser;
  close(): Promise<void>;
}

let users = 0;
export const PASSWORD = 'correct horse battery';

export async function backendUnderTest(more: NodeJS.ProcessEnv = {}): Promise<BackendUnderTest> {
  const postgres = await startPostgres();
  await migrate(postgres.url, createLog({ program: 'test', write: () => {} }));
  const env = { DATABASE_URL: postgres.url, BETTER_AUTH_SECRET: KEY, PORT: '0', ...more };
  const lines: string[] = [];
  const service: RunningService = await startBackend(env, (line) => lines.push(line));
  const document = await (await fetch(`${service.url}/openapi.json`)).json();
  // Each from a place of its own, so that they do not use up each other's tries.
  const stranger = () => new ApiUser(service.url, document, `user${++users}@example.com`, `10.0.0.${users}`);
  return {
    url: service.url,
    postgres,
    env,
    lines,
    stranger,
    user: async () => {
      const user = stranger();
      const answer = await user.ask('POST', '/users', { email: user.email, password: PASSWORD });
      if (answer.status !== 201) throw new Error(`no account: ${answer.text}`);
      return user;
    },
    close: async () => {
      await service.close();
      await postgres.remove();
    },
  };
}
