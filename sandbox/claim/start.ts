import type { Pod } from '../../imports/k8s';
import { type Connection, onAbort, type Stored, startTimer } from '../../kube';
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
    const stopTimers = [
      startTimer(withinMs, () => this.#fail(this.#overdue())),
      startTimer(podWithinMs, () => this.#watchEvents()),
    ];
    const forget = signal && onAbort(signal, () => this.#fail(aborted(signal)));
    const stop = watch.onChange(() => this.#look());
    try {
      this.#look();
      return await this.#tryToOpen();
    } finally {
      stop();
      for (const stopTimer of stopTimers) stopTimer();
      forget?.();
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
    const { signal } = this.#ending;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = () => {
        for (const stop of stops) stop();
        resolve();
      };
      const stops = [
        startTimer(withinMs, settle),
        this.options.watch.onChange(settle),
        onAbort(signal, settle),
      ];
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

function aborted(signal: AbortSignal): Cause {
  const reason = signal.reason instanceof Error ? signal.reason.message : 'its signal';
  return {
    code: 'Aborted',
    found: `an abort by the caller: ${said(reason)}`,
    expected: 'a claim that may take its time',
    remedy: 'Nothing is left behind: the sandbox was deleted.',
    retryable: true,
  };
}
