import { eventsOf } from '../../workloads/shared/event-stream';
import type { Build } from './builds';

export interface Verdict {
  readonly outcome: string;
  readonly reason: string;
  readonly rounds: number;
  readonly patch?: string;
}

/** What became of a build, as one sees it who watches. */
export interface Became {
  readonly build: Build;
  readonly verdict: Verdict;
  /** How often a verdict was told. */
  readonly verdicts: number;
  readonly output: string;
  /** Whether it waited for room in the quota. */
  readonly waited: boolean;
  readonly seconds: number;
}

/** A connection for each request: one that was kept would lead to a pod that is gone. */
const ALONE = { connection: 'close' };

/** Asks CI-fixer as a program does. */
export class FixerClient {
  constructor(
    private readonly url: string,
    private readonly image: string,
    /** Of its tenant. */
    private readonly key: string,
  ) {}

  /** Sends a build; the id of its run. */
  async start({ name, files, timeoutSeconds }: Build, more: object = {}): Promise<string> {
    const command = ['sh', 'tests/all.sh'];
    const asked = { source: { files }, image: this.image, command, timeoutSeconds, title: name, ...more };
    const answer = await fetch(`${this.url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify(asked),
    });
    if (answer.status !== 202) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  }

  /** Reads the events of a run until its verdict. */
  async watch(build: Build, id: string): Promise<Became> {
    const started = Date.now();
    const answer = await this.get(`/runs/${id}/events`);
    const events = [];
    for await (const { event, data } of eventsOf(answer.body as ReadableStream<Uint8Array>))
      events.push({ event, data: JSON.parse(data) });
    const verdicts = events.filter(({ event }) => event === 'verdict');
    if (verdicts.length === 0) throw new Error(`${build.name}: its events end without a verdict`);
    return {
      build,
      verdict: verdicts[0]?.data,
      verdicts: verdicts.length,
      output: events.flatMap(({ event, data }) => (event === 'output' ? data.text : [])).join(''),
      waited: events.some(({ event, data }) => event === 'phase' && data.phase === 'wait'),
      seconds: (Date.now() - started) / 1000,
    };
  }

  /** The runs that there are, the newest first. */
  async list(): Promise<{ readonly id: string; readonly started: string; readonly state: string }[]> {
    const answer = await this.get('/runs');
    return ((await answer.json()) as { runs: { id: string; started: string; state: string }[] }).runs;
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  /** Whether it is ready; one that does not answer is not. */
  async isReady(): Promise<boolean> {
    return this.get('/ready').then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** How a path is answered. */
  async status(path: string): Promise<number> {
    return (await this.get(path)).status;
  }

  private get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: this.headers });
  }

  private get headers() {
    return { ...ALONE, authorization: `Bearer ${this.key}` };
  }
}
