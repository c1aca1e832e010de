import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What somebody asks of the application, each through the frontend. */
export type Question = 'page' | 'list' | 'add' | 'version';

export interface Asked {
  readonly question: Question;
  readonly sentAtMs: number;
  readonly ms: number;
  /** A status, or why there was none. */
  readonly found: string;
  /** Which backend has answered, where it says so. */
  readonly version?: string;
}

const RIGHT: Readonly<Record<Question, string>> = { page: '200', list: '200', add: '201', version: '200' };
const EVERY_MS: Readonly<Record<Question, number>> = { page: 500, list: 200, add: 1_000, version: 400 };
const PASSWORD = 'a long enough password';

export const isRight = ({ question, found }: Asked): boolean => found === RIGHT[question];

/** Somebody with an account in one cluster, who asks again and again, each time on a connection of its own. */
export class User {
  readonly asked: Asked[] = [];
  #cookie = '';
  #goesOn = true;
  #work: Promise<unknown> = Promise.resolve();

  constructor(readonly port: number) {}

  async signUp(): Promise<void> {
    const body = JSON.stringify({ email: 'ann@example.com', password: PASSWORD });
    const { found, cookie } = await this.#send('POST', '/api/users', body);
    if (found !== '201') throw new Error(`signing up was answered with ${found}`);
    this.#cookie = cookie;
  }

  start(): void {
    this.#work = Promise.all(
      (Object.keys(RIGHT) as Question[]).map((question) => this.#askWithoutEnd(question)),
    );
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#work;
  }

  async #askWithoutEnd(question: Question): Promise<void> {
    for (let count = 0; this.#goesOn; count++) {
      const sentAtMs = Date.now();
      const { found, body } = await this.#ask(question, count);
      const version = question === 'version' && found === '200' ? versionIn(body) : undefined;
      const ms = Date.now() - sentAtMs;
      this.asked.push({ question, sentAtMs, ms, found, ...(version === undefined ? {} : { version }) });
      await pause(Math.max(20, EVERY_MS[question] - ms));
    }
  }

  #ask(question: Question, count: number) {
    if (question === 'page') return this.#send('GET', '/');
    if (question === 'list') return this.#send('GET', '/api/todos?limit=20');
    if (question === 'version') return this.#send('GET', '/api/health');
    return this.#send('POST', '/api/todos', JSON.stringify({ title: `todo ${count}` }));
  }

  #send(method: string, path: string, body = ''): Promise<{ found: string; body: string; cookie: string }> {
    return new Promise((resolve) => {
      const failed = (error: Error) => resolve({ found: error.message, body: '', cookie: '' });
      const headers = {
        ...(this.#cookie ? { cookie: this.#cookie } : {}),
        ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
      };
      const how = {
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        headers,
        agent: false,
        timeout: 10_000,
      };
      const call = request(how, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
        answer.on('end', () => resolve({ found: String(answer.statusCode), body: text, cookie }));
        answer.on('error', failed);
      });
      call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
      call.on('error', failed);
      call.end(body);
    });
  }
}

/** The first version does not say which it is. */
function versionIn(body: string): string {
  return (JSON.parse(body) as { readonly version?: string }).version ?? '1.0.0';
}
