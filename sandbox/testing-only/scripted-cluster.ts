import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { asKubeletReads } from '../../core/template/testing-only/as-kubelet-reads';
import type { ContainerStatus, Job, JobCondition, Pod, PodStatus, ResourceQuota } from '../../imports/k8s';
import type { JsonPatch, KubeConfigLike, KubeObject, Stored } from '../../kube';
import { refuseUpgrade } from '../../kube/testing-only/scripted-pod';
import {
  configTo,
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { JOB_LABEL } from '../claim/pod-feed';
import { Collection } from './collection';
import { Container } from './container';
import { PatchRefused, patched } from './json-patch';
import { type PodsOfAgent, ScriptedAgentSandbox } from './scripted-agent-sandbox';

/** What happens to one request instead of a plain answer. */
export type Fault =
  | {
      readonly do: 'refuse';
      readonly code: number;
      readonly reason: string;
      /** In seconds. @default 0 */
      readonly retryAfter?: number;
    }
  /** It is carried out, and the answer is lost. */
  | { readonly do: 'lose' }
  /** It is carried out and answered, but only after this long; a caller who has gone meanwhile changes nothing. */
  | { readonly do: 'delay'; readonly ms: number }
  /** It is never carried out and never answered. */
  | { readonly do: 'stall' };

export interface ScriptedClusterOptions {
  /** What is done to a request; `undefined` for nothing. */
  readonly fault?: (seen: Seen) => Fault | undefined;
  /** How far the server's clock is ahead of this machine's. @default 0 */
  readonly aheadMs?: number;
  /** Whether images have a shell; without one, no supervisor comes in. @default true */
  readonly hasShell?: boolean;
  /** What containers find in their environment, beside what this process has. @default nothing */
  readonly podEnv?: Readonly<Record<string, string>>;
  /** What the node says of a new pod. @default that it runs */
  readonly podStatus?: PodStatus;
  /** How the next execs are refused, one after the other, before they are let through. @default none is */
  readonly execRefusals?: Array<{ readonly code: number; readonly reason: string; readonly message: string }>;
  /** The node of a pod with a `podStatus`. @default none: no node takes it */
  readonly nodeOfPod?: string;
  /** Why the controller gets no pod for a Job, in the words of the API server. @default it gets one */
  readonly podRefusal?: string;
  /** How long the controller takes to hear of a Job. @default no time */
  readonly podAfterMs?: number;
}

/** What becomes of a Job whose pod has failed. */
const EXHAUSTED = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const;

/** A pod that a controller of the stand-in makes. */
type NewPod = Omit<Parameters<PodsOfAgent['start']>[0], 'ended'> & {
  readonly namespace?: string;
  readonly ended: (exitCode: number) => void;
};

/** What an API server takes for the name of a Job. */
const NAME = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/**
 * Stands in for a cluster in unit tests: an API server of Jobs and pods, the Job controller, and a node whose containers
 * are processes of this machine. It follows the rules as far as the runtime can tell, breaks them on command, and has a
 * clock of its own. What a real cluster does is shown on a real one.
 */
export class ScriptedCluster {
  readonly jobs: Collection<Job>;
  readonly pods: Collection<Pod>;
  readonly quotas: Collection<ResourceQuota>;
  /** agent-sandbox, beside it. */
  readonly agent: ScriptedAgentSandbox;
  readonly #events: Collection<KubeObject>;
  readonly #options: ScriptedClusterOptions;
  readonly #containers = new Map<string, Container>();
  readonly #deadlines = new Map<string, NodeJS.Timeout>();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  #server!: ScriptedServer;
  /** How many Jobs were ever made. */
  created = 0;
  /** How many streams were asked for. */
  streams = 0;
  /** What was run beside a first process. */
  readonly execs: (readonly string[])[] = [];
  /** How far the clock is ahead; a test can set it. */
  aheadMs: number;

  private constructor(options: ScriptedClusterOptions) {
    const versions = { last: 100 };
    this.jobs = new Collection<Job>('Job', versions);
    this.pods = new Collection<Pod>('Pod', versions);
    this.quotas = new Collection<ResourceQuota>('ResourceQuota', versions);
    this.#events = new Collection<KubeObject>('Event', versions);
    this.agent = new ScriptedAgentSandbox(versions, {
      now: () => this.now(),
      start: (pod) => this.#startPod(pod),
      remove: (name) => this.#removePod(name),
    });
    this.#options = options;
    this.aheadMs = options.aheadMs ?? 0;
  }

  static async start(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
    const cluster = new ScriptedCluster(options);
    cluster.#server = await scriptedServer((seen, response) => cluster.#answer(seen, response));
    cluster.#server.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      cluster.#stream(request, socket, head),
    );
    return cluster;
  }

  get kubeconfig(): KubeConfigLike {
    return configTo(this.#server.url);
  }

  get seen(): readonly Seen[] {
    return this.#server.seen;
  }

  /** Of the server. */
  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** A node that runs short ends the pod of a Job, and says so. */
  evict(job: string): void {
    const pod = this.#podOf(job);
    this.#containers.get(pod.metadata.name)?.kill();
    const message = 'The node was low on resource: ephemeral-storage.';
    const terminated = { exitCode: 137, reason: 'Error' };
    const containerStatuses = pod.status?.containerStatuses?.map((one) => ({
      ...one,
      state: { terminated },
    }));
    this.pods.put({ ...pod, status: { phase: 'Failed', reason: 'Evicted', message, containerStatuses } });
    this.#failJob(job, 'PodFailurePolicy', message);
  }

  /** The test plays Kueue: its queue lets a Job start. */
  letStart(job: string): void {
    const held = this.jobs.get(job)!;
    const status = { ...held.status, startTime: this.#now() };
    const metadata = { ...held.metadata, generation: 2 };
    const started = this.jobs.put({ ...held, metadata, spec: { ...held.spec!, suspend: false }, status });
    this.#bound(started);
    this.#createPod(started);
  }

  /** The test plays Kueue: its queue suspends a Job again, whose pod is deleted then. The Job itself stays. */
  putOut(job: string): void {
    const held = this.jobs.get(job)!;
    const lastTransitionTime = this.#now();
    const status = { conditions: [{ type: 'Suspended', status: 'True', lastTransitionTime }] };
    const metadata = { ...held.metadata, generation: 3 };
    this.jobs.put({ ...held, metadata, spec: { ...held.spec!, suspend: true }, status });
    clearTimeout(this.#deadlines.get(job));
    this.#removePod(`${job}-pod`);
  }

  /** A Job is over its deadline. */
  timeOut(job: string): void {
    this.#failJob(job, 'DeadlineExceeded', 'Job was active longer than specified deadline');
    this.pods.remove(`${job}-pod`);
    this.#containers.get(`${job}-pod`)?.kill();
  }

  /** The streams of a Job's pod break; the pod lives. */
  cut(job: string): void {
    this.#containers.get(this.#podOf(job).metadata.name)?.cut();
  }

  /** The same of the stream that was opened last. */
  cutNewest(job: string): void {
    this.#containers.get(this.#podOf(job).metadata.name)?.cutNewest();
  }

  /** They fall silent: nothing is read of them any more, and nothing answered. */
  silence(job: string): void {
    this.#containers.get(this.#podOf(job).metadata.name)?.silence();
  }

  async close(): Promise<void> {
    for (const timer of this.#deadlines.values()) clearTimeout(timer);
    this.agent.close();
    for (const container of this.#containers.values()) {
      container.kill();
      rmSync(container.folder, { recursive: true, force: true });
    }
    await this.#server.close();
  }

  #answer(seen: Seen, response: ServerResponse): void {
    const fault = this.#options.fault?.(seen);
    if (fault?.do === 'stall') return;
    if (fault?.do === 'refuse') {
      const refusal = statusBody(fault.code, fault.reason, 'a refusal of the test');
      const headers = { date: this.now().toUTCString(), 'retry-after': String(fault.retryAfter ?? 0) };
      sendJson(response, fault.code, refusal, headers);
    } else if (fault?.do === 'delay') {
      setTimeout(() => this.#perform(seen, response), fault.ms).unref();
    } else {
      this.#perform(seen, response, fault?.do === 'lose');
    }
  }

  #perform(seen: Seen, response: ServerResponse, isLost = false): void {
    const [kind, name] =
      /\/(jobs|pods|events|resourcequotas|sandboxclaims|sandboxes)(?:\/([^/]+))?$/
        .exec(seen.path)
        ?.slice(1) ?? [];
    const collection =
      this.agent.collectionOf(kind) ??
      {
        jobs: this.jobs,
        pods: this.pods,
        events: this.#events,
        resourcequotas: this.quotas,
      }[kind ?? ''];
    response.setHeader('date', this.now().toUTCString());
    if (seen.path.endsWith('/log')) response.end();
    else if (seen.query.has('watch')) collection?.watch(seen, response);
    else if (seen.method === 'GET' && name === undefined) collection?.list(seen, response);
    else {
      const [code, body] = this.#write(seen, kind, name);
      if (isLost) response.destroy();
      else sendJson(response, code, body);
    }
  }

  #write(seen: Seen, kind = '', name = ''): [code: number, body: unknown] {
    if (kind.startsWith('sandbox')) return this.agent.write(seen, kind, name);
    const { method, query, body } = seen;
    const found = kind === 'jobs' ? this.jobs.get(name) : this.pods.get(name);
    if (method === 'POST' && kind === 'jobs')
      return this.#create(JSON.parse(body), query.get('fieldManager'));
    if (!found) return [404, statusBody(404, 'NotFound', `${kind} "${name}" not found`)];
    if (method === 'GET') return [200, found];
    const given = JSON.parse(body);
    if (Array.isArray(given)) return this.#patch(found as Stored<Job>, given);
    const uid = given.preconditions?.uid ?? given.metadata?.uid;
    if (uid !== undefined && uid !== found.metadata.uid) return [409, statusBody(409, 'Conflict')];
    if (method === 'DELETE') {
      this.#delete(found as Stored<Job>);
      return [200, found];
    }
    const { spec } = found as Stored<Job>;
    const changed = this.jobs.put({ ...(found as Stored<Job>), spec: { ...spec!, ...given.spec } });
    this.#bound(changed);
    return [200, changed];
  }

  #patch(job: Stored<Job>, change: JsonPatch): [code: number, body: unknown] {
    try {
      const changed = this.jobs.put(patched(job, change));
      this.#bound(changed);
      return [200, changed];
    } catch (error) {
      if (!(error instanceof PatchRefused)) throw error;
      return [422, statusBody(422, 'Invalid', error.message)];
    }
  }

  #create(job: Job, manager: string | null): [code: number, body: unknown] {
    const name = job.metadata?.name ?? '';
    if (!NAME.test(name)) return [422, statusBody(422, 'Invalid', `metadata.name: Invalid value: "${name}"`)];
    if (this.jobs.get(name)) return [409, statusBody(409, 'AlreadyExists', `jobs "${name}" already exists`)];
    const now = this.#now();
    const metadata = {
      ...job.metadata,
      name,
      uid: randomUUID(),
      creationTimestamp: now,
      managedFields: [{ manager: manager ?? 'unknown' }],
    };
    const isHeld = job.spec?.suspend === true;
    const status = isHeld ? {} : { startTime: now };
    const made = this.jobs.put({ ...job, metadata, status } as Job & { metadata: typeof metadata });
    this.created += 1;
    if (isHeld) return [201, made];
    this.#bound(made);
    // The controller hears of it a moment later.
    const { podAfterMs = 0 } = this.#options;
    if (podAfterMs > 0) setTimeout(() => this.#createPod(made), podAfterMs).unref();
    else setImmediate(() => this.#createPod(made));
    return [201, made];
  }

  #now(): string {
    return this.now()
      .toISOString()
      .replace(/\.\d+Z/, 'Z');
  }

  #createPod({ metadata: { name: job, namespace, uid }, spec }: Stored<Job>): void {
    if (this.jobs.get(job)?.metadata.uid !== uid) return;
    if (this.#options.podRefusal !== undefined) {
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${job}.event`, namespace, uid: randomUUID() },
        involvedObject: { kind: 'Job', uid },
        reason: 'FailedCreate',
        message: this.#options.podRefusal,
      };
      this.#events.put(event);
      return;
    }
    const { template } = spec!;
    this.#startPod({
      name: `${job}-pod`,
      namespace,
      labels: { ...template.metadata?.labels, [JOB_LABEL]: job },
      owner: { apiVersion: 'batch/v1', kind: 'Job', name: job, uid },
      spec: template.spec!,
      ended: (exitCode) => this.#jobEnded(job, exitCode),
    });
    if (this.#options.podStatus?.phase === 'Failed') this.#failJob(job, ...EXHAUSTED);
    if (this.#options.podStatus) return;
    const now = this.jobs.get(job)!;
    this.jobs.put({ ...now, status: { ...now.status, active: 1, ready: 1 } });
  }

  #startPod({ name, namespace = 'boxes', labels, owner, spec, ended }: NewPod): void {
    const container = new Container(
      mkdtempSync(join(tmpdir(), 'drydock-pod-')),
      this.#options.hasShell ?? true,
      { ...process.env, ...this.#options.podEnv },
    );
    this.#containers.set(name, container);
    const [main] = spec.containers;
    const startedAt = this.now().toISOString();
    const status: PodStatus = this.#options.podStatus ?? {
      phase: 'Running',
      containerStatuses: [{ name: main!.name, state: { running: { startedAt } } } as ContainerStatus],
    };
    this.pods.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...{ name, namespace, labels, uid: randomUUID() },
        ownerReferences: [{ ...owner, controller: true }],
      },
      spec: {
        ...spec,
        containers: [{ ...main!, workingDir: container.folder }],
        nodeName: this.#options.podStatus ? this.#options.nodeOfPod : 'node-1',
      },
      status,
    } as Pod & { metadata: { name: string; uid: string } });
    if (this.#options.podStatus || !main!.command) return;
    const variables = Object.fromEntries(main!.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
    const command = main!.command.map((word) => asKubeletReads(word, variables));
    container.start(command, (exitCode) => {
      if (this.#podEnded(name, startedAt, exitCode)) ended(exitCode);
    });
  }

  /** The first process has ended: its node says so, and then the controller. */
  #podEnded(pod: string, startedAt: string, exitCode: number): boolean {
    const now = this.pods.get(pod);
    if (now?.status?.phase !== 'Running' || now.metadata.deletionTimestamp) return false;
    const finishedAt = this.now().toISOString();
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const [{ name } = { name: '' }] = now.spec!.containers;
    const containerStatuses = [
      { name, state: { terminated: { exitCode, reason, startedAt, finishedAt } } } as ContainerStatus,
    ];
    this.pods.put({ ...now, status: { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses } });
    return true;
  }

  #jobEnded(job: string, exitCode: number): void {
    if (exitCode === 0) this.#finishJob(job, { type: 'Complete', status: 'True' });
    else this.#failJob(job, ...EXHAUSTED);
  }

  #delete({ kind, metadata: { name } }: Stored<Job>): void {
    if (kind !== 'Job') return;
    clearTimeout(this.#deadlines.get(name));
    this.jobs.remove(name);
    this.#removePod(`${name}-pod`);
  }

  #removePod(name: string): void {
    const pod = this.pods.get(name);
    if (!pod) return;
    const metadata = { ...pod.metadata, deletionTimestamp: this.now().toISOString() };
    this.pods.put({ ...pod, metadata });
    this.#containers.get(pod.metadata.name)?.kill();
    setImmediate(() => this.pods.remove(pod.metadata.name));
  }

  /** The deadline of a Job counts from its start, by the server's clock. */
  #bound({ metadata: { name }, spec, status }: Stored<Job>): void {
    clearTimeout(this.#deadlines.get(name));
    const seconds = spec?.activeDeadlineSeconds;
    if (seconds === undefined) return;
    const leftMs = Date.parse(status!.startTime!) + seconds * 1000 - this.now().getTime();
    this.#deadlines.set(name, setTimeout(() => this.timeOut(name), Math.max(0, leftMs)).unref());
  }

  #failJob(name: string, reason: string, message: string): void {
    this.#finishJob(name, { type: 'Failed', status: 'True', reason, message });
  }

  #finishJob(name: string, condition: JobCondition): void {
    const job = this.jobs.get(name);
    if (!job) return;
    this.jobs.put({ ...job, status: { startTime: job.status?.startTime, conditions: [condition] } });
  }

  #stream(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.streams += 1;
    const url = new URL(request.url ?? '/', 'http://server');
    const [name = '', what] = /\/pods\/([^/]+)\/(exec|log)$/.exec(url.pathname)?.slice(1) ?? [];
    const refused = what === 'exec' ? this.#options.execRefusals?.shift() : undefined;
    if (refused) {
      refuseUpgrade(socket, refused.code, refused.reason, refused.message);
      return;
    }
    const phase = this.pods.get(name)?.status?.phase;
    // The log of what has ended is there as long as its pod is.
    const isOpen = phase === 'Running' || (what === 'log' && (phase === 'Succeeded' || phase === 'Failed'));
    const container = isOpen ? this.#containers.get(name) : undefined;
    if (!container) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      if (what === 'log') container.followLog(webSocket, url.searchParams.get('sinceTime'));
      else {
        const command = url.searchParams.getAll('command');
        this.execs.push(command);
        container.exec(webSocket, command);
      }
    });
  }

  #podOf(job: string): Stored<Pod> {
    const pod = this.pods.get(`${job}-pod`);
    if (!pod) throw new Error(`the Job ${job} has no pod`);
    return pod;
  }
}
