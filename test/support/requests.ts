import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** One request that was not answered with 200. */
export interface Failure {
  /** When it was sent; one that is never answered fails long after. */
  readonly sentAtMs: number;
  readonly atMs: number;
  readonly found: string;
}

export interface Load {
  /** How many requests were answered with 200. */
  answered(): number;
  failures(): readonly Failure[];
  stop(): Promise<void>;
}

/** Between two requests of a worker: without it the requests take the processors from the programs under test. */
const PAUSE_MS = 4;
const MOST_WORDS = 200;

/** Asks a port again and again, each time on a connection of its own, until it is stopped. */
export function constantRequests(port: number, workers = 4, path = '/ready'): Load {
  const failures: Failure[] = [];
  let answered = 0;
  let running = true;
  const work = async () => {
    while (running) {
      const sentAtMs = Date.now();
      const found = await ask(port, path);
      if (found === '200') answered++;
      else failures.push({ sentAtMs, atMs: Date.now(), found });
      await pause(PAUSE_MS);
    }
  };
  const working = Promise.all(Array.from({ length: workers }, work));
  return {
    answered: () => answered,
    failures: () => failures,
    async stop() {
      running = false;
      await working;
    },
  };
}

function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false, timeout: 10_000 }, (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        said += text.slice(0, MOST_WORDS - said.length);
      });
      // Who refused it is told by its words: a program in front of another one answers with the same number.
      const { statusCode } = answer;
      answer.on('end', () => resolve(statusCode === 200 ? '200' : `${statusCode} ${said}`));
      answer.on('error', (error) => resolve(error.message));
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', (error) => resolve(error.message));
    call.end();
  });
}
