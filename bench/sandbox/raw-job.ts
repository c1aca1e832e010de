import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../core/template';

/** What a program needs to talk to the API server with nothing but Node. */
export interface RawTarget {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly namespace: string;
}

/** How often we ask for the log until it exists. */
const ASK_MS = 20;

/** The fastest cold start there can be: one POST for the Job, a watch for its pod, the log for its first byte. */
export class RawJobs {
  readonly #agent: Agent;
  readonly #streams: Agent;

  constructor(private readonly target: RawTarget) {
    const { ca, cert, key } = target;
    this.#agent = new Agent({ ca, cert, key, keepAlive: true });
    this.#streams = new Agent({ ca, cert, key });
  }

  /** Resolves with the first byte of what the Job prints. */
  async untilFirstByte(job: JsonObject): Promise<void> {
    const { namespace } = this.target;
    const { name } = job.metadata as { readonly name: string };
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const watching = this.#send('GET', `${pods}?watch=1&labelSelector=job-name%3D${name}`, undefined, true);
    const created = await this.#send('POST', jobs, job);
    if (created.statusCode !== 201) throw new Error(`the Job was not created: ${created.statusCode}`);
    created.resume();
    const watched = await watching;
    const pod = await scheduled(watched);
    watched.destroy();
    for (;;) {
      const log = await this.#send('GET', `${pods}/${pod}/log?follow=true`, undefined, true);
      if (log.statusCode === 200) {
        await once(log, 'data');
        log.destroy();
        return;
      }
      log.resume();
      await sleep(ASK_MS);
    }
  }

  async remove(name: string): Promise<void> {
    const job = `/apis/batch/v1/namespaces/${this.target.namespace}/jobs/${name}`;
    const removed = await this.#send('DELETE', `${job}?propagationPolicy=Background`);
    removed.resume();
    if (removed.statusCode !== 200) throw new Error(`the Job was not removed: ${removed.statusCode}`);
  }

  close(): void {
    this.#agent.destroy();
    this.#streams.destroy();
  }

  #send(method: string, path: string, body?: JsonObject, isStream = false): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body ? { 'content-type': 'application/json' } : {};
      const agent = isStream ? this.#streams : this.#agent;
      const outgoing = request(new URL(path, this.target.server), { method, agent, headers }, resolve);
      outgoing.on('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });
  }
}

/** The name of the first pod that has a node. */
async function scheduled(watched: IncomingMessage): Promise<string> {
  for await (const line of createInterface(watched)) {
    const { object } = JSON.parse(line);
    if (object.spec?.nodeName) return object.metadata.name;
  }
  throw new Error('the watch ended before the pod had a node');
}
