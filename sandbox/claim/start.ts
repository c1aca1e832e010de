import type { Pod } from '../../imports/k8s';
import type { Connection, Stored } from '../../kube';
import { apiError } from '../causes/api-cause';
import { type Cause, errorOf, said } from '../causes/cause';
import { endOf, isEnding } from '../causes/fate';
import { JobEvents } from '../causes/job-events';
import { startFailure, statusOf, unschedulable } from '../causes/pod-cause';
import type { SandboxError } from '../errors';
import type { PodWatch } from './pod-watch';
import type { ProgressTeller } from './progress';

/** Opens what commands go through; `undefined` while the container does not run yet. Must not run a command. */
export type Opener<Session> = (pod: Stored<Pod>, signal: AbortSignal) => Promise<Session | undefined>;

export interface StartOptions {
  readonly connection: Connection;
  readonly namespace: string;
  readonly id: string;
  readonly jobUid: string;
  readonly watch: PodWatch;
  readonly progress: ProgressTeller;
  readonly withinMs: number;
  /** A pod that has ended is no failure: its opener looks at it. @default false */
  readonly mayEnd?: boolean;
  readonly signal?: AbortSignal;
}

/** A Job that has no pod after this long has a reason, and events say it. */
const podWithinMs = 400;
const firstPauseMs = 50;
const longestPauseMs = 120;
/** A try that took long met a busy cluster, which many of them would make busier: it waits this many times as long. */
const patience = 4;

/**
 * Opens a session as soon as the container takes it, without waiting for the kubelet to say that it runs. Rejects
 * with the cause when the pod cannot start, and with what it still waits for when the time is over.
 */
export function start<Session>(options: StartOptions, open: Opener<Session>): Promise<Session> {
  options.watch.of(options.jobUid);
  return new Start(options, open).run();
}

class Start<Session> {
  readonly #ending = new AbortController();
  #events: JobEvents | undefined;
  #error: SandboxError | undefined;

  constructor(
    private readonly options: StartOptions,
    private readonly open: Opener<Session>,
  ) {}

  async run(): Promise<Session> {
    const { watch, withinMs, signal } = this.options;
    const overdue = setTimeout(() => this.#fail(this.#overdue()), withinMs);
    const eventsSoon = setTimeout(() => this.#watchEvents(), podWithinMs);
    const onAbort = () => this.#fail(aborted(signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    const stop = watch.onChange(() => this.#look());
    try {
      if (signal?.aborted) onAbort();
      this.#look();
      return await this.#tryToOpen();
    } finally {
      stop();
      clearTimeout(overdue);
      clearTimeout(eventsSoon);
      signal?.removeEventListener('abort', onAbort);
      this.#events?.close();
    }
  }

  async #tryToOpen(): Promise<Session> {
    let pauseMs = firstPauseMs;
    for (;;) {
      if (this.#error) throw this.#error;
      const { pod } = this.options.watch;
      if (pod?.spec?.nodeName === undefined) {
        await this.#nextChange(this.options.withinMs);
        continue;
      }
      const began = performance.now();
      const session = await this.#attempt(pod);
      if (session !== undefined) return session;
      await this.#nextChange(Math.max(pauseMs, patience * (performance.now() - began)));
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
    }
  }

  async #attempt(pod: Stored<Pod>): Promise<Session | undefined> {
    try {
      return await this.open(pod, this.#ending.signal);
    } catch (error) {
      // What broke the attempt may be the pod's end, which the watch has not told in full yet.
      if (!this.#error) await this.#failAsEnded();
      throw this.#error ?? apiError(error, this.#where, this.options.id);
    }
  }

  /** Resolves at the next change of the pod, at the end of the start, or after the time. */
  #nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        stop();
        this.#ending.signal.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, withinMs);
      const stop = this.options.watch.onChange(settle);
      this.#ending.signal.addEventListener('abort', settle, { once: true });
      if (this.#ending.signal.aborted) settle();
    });
  }

  #look(): void {
    const { watch, progress } = this.options;
    const { pod, failure } = watch;
    if (failure) this.#stopWith(apiError(failure, this.#where, this.options.id));
    if (!pod) return;
    this.#events?.close();
    const fatal = startFailure(pod);
    if (fatal) this.#fail(fatal);
    else if (isEnding(watch)) void this.#failAsEnded();
    else if (pod.spec?.nodeName) {
      progress.tell('scheduled');
      const waiting = statusOf(pod)?.state?.waiting;
      if (waiting) progress.tell('preparing', said(waiting.message ?? waiting.reason));
    } else {
      const lack = unschedulable(pod);
      if (lack) progress.tell('waiting', lack.found);
    }
  }

  /** Where the pod has ended and may not. */
  async #failAsEnded(): Promise<void> {
    const { connection, namespace, id, watch, mayEnd = false } = this.options;
    if (mayEnd) return;
    const cause = await endOf(connection, namespace, id, watch);
    if (cause) this.#fail(cause);
  }

  #watchEvents(): void {
    const { connection, namespace, jobUid, watch } = this.options;
    if (watch.pod || this.#ending.signal.aborted) return;
    this.#events = new JobEvents(connection, namespace, jobUid, () => {
      if (this.#events?.cause && !watch.pod) this.#fail(this.#events.cause);
    });
  }

  #overdue(): Cause {
    const { watch, withinMs } = this.options;
    const { pod } = watch;
    const lack = unschedulable(pod);
    if (lack) return lack;
    const waiting = pod && statusOf(pod)?.state?.waiting;
    const state = pod ? said(waiting?.message ?? waiting?.reason) || 'a pod that does not answer' : 'no pod';
    return {
      code: 'StartTimeout',
      found: `${state} after ${Math.round(withinMs / 1000)} s`,
      expected: 'a sandbox that takes commands',
      remedy: 'Give a longer `startTimeoutMs`, or look at the node: kubectl describe pod shows what it does.',
      retryable: true,
    };
  }

  #fail(cause: Cause): void {
    this.#stopWith(errorOf(cause, this.#where, this.options.id));
  }

  #stopWith(error: SandboxError): void {
    this.#error ??= error;
    this.#ending.abort();
  }

  get #where(): string {
    return `claim of ${this.options.id}`;
  }
}

function aborted(signal: AbortSignal | undefined): Cause {
  const reason = signal?.reason instanceof Error ? signal.reason.message : 'its signal';
  return {
    code: 'Aborted',
    found: `an abort by the caller: ${said(reason)}`,
    expected: 'a claim that may take its time',
    remedy: 'Nothing is left behind: the sandbox was deleted.',
    retryable: true,
  };
}
