import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelScript } from '../../model-script/model-script';
import { eventsOf } from '../../shared/event-stream';
import type { RunningService } from '../../shared/server';
import { type CiFixerOptions, startCiFixer } from '../ci-fixer';
import { IMAGE, LocalBoxes } from './local-boxes';

/** CI-fixer with the stand-in for a model, a script, and boxes that are folders. */
export interface FixerUnderTest {
  readonly url: string;
  readonly boxes: LocalBoxes;
  /** Every line of its log so far. */
  readonly lines: string[];
  post(path: string, body?: unknown, key?: string): Promise<Response>;
  get(path: string, key?: string): Promise<Response>;
  /** Starts a run and waits for its verdict, reading its events; `more` is put into the request. */
  fixed(files: Readonly<Record<string, unknown>>, more?: object): Promise<Told>;
  close(): Promise<void>;
}

/** What a run told while it went on. */
export interface Told {
  readonly id: string;
  readonly events: readonly { readonly event: string; readonly data: Record<string, unknown> }[];
  readonly verdict: Record<string, unknown>;
}

export const API_KEY = 'sk-of-the-scripted-stand-in';

export async function fixerUnderTest(
  env: NodeJS.ProcessEnv = {},
  options: CiFixerOptions = {},
): Promise<FixerUnderTest> {
  const lines: string[] = [];
  const boxes = new LocalBoxes();
  const model: RunningService | undefined = env.LLM_BASE_URL
    ? undefined
    : await startModelScript({ PORT: '0' }, () => {});
  const scratch = mkdtempSync(join(tmpdir(), 'ci-fixer-state-'));
  const given = {
    STATE_FOLDER: scratch,
    LLM_API_KEY: API_KEY,
    LLM_BASE_URL: `${model?.url}/v1`,
    PORT: '0',
    ...env,
  };
  const service = await startCiFixer(given, {
    boxes,
    write: (line) => lines.push(line),
    ...options,
  });
  const headers = (key?: string) => ({
    'content-type': 'application/json',
    ...(key && { authorization: `Bearer ${key}` }),
  });
  const post = (path: string, body: unknown = {}, key?: string) =>
    fetch(`${service.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: headers(key) });
  const get = (path: string, key?: string) => fetch(`${service.url}${path}`, { headers: headers(key) });
  return {
    url: service.url,
    boxes,
    lines,
    post,
    get,
    fixed: async (files, more = {}) => {
      const answer = await post('/runs', { ...requestOf(files), ...more });
      const body = (await answer.json()) as { id: string };
      if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(body)}`);
      const stream = (await get(`/runs/${body.id}/events`)).body as ReadableStream<Uint8Array>;
      const events: { event: string; data: Record<string, unknown> }[] = [];
      for await (const { event, data } of eventsOf(stream)) events.push({ event, data: JSON.parse(data) });
      return { id: body.id, events, verdict: events.at(-1)?.data ?? {} };
    },
    close: async () => {
      await service.close();
      await model?.close();
      rmSync(scratch, { recursive: true });
    },
  };
}

/** A run whose command is a script of the repository. */
export function requestOf(files: Readonly<Record<string, unknown>>) {
  return { source: { files }, image: IMAGE, command: ['sh', 'tests/all.sh'] };
}
