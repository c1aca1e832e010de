import type { Job, Pod } from '../../imports/k8s';
import { get, type KubeError, onAbort, type Stored, startTimer } from '../../kube';
import type { WhyNoPod } from '../backend/backend';
import { abortError, apiError } from '../causes/api-cause';
import { type Cause, errorOf, said } from '../causes/cause';
import { endOf, isEnding, jobs } from '../causes/fate';
import { overdue } from '../causes/overdue';
import { hasRun, startFailure, statusOf, unschedulable } from '../causes/pod-cause';
import { isHeldBack, longestWaitMs, queueOf, waitsInQueue } from '../causes/queued';
import type { SandboxError } from '../errors';
import { guessesOver, noTurn, type Turn } from './guesses';
import type { Place } from './place';
import type { PodWatch } from './pod-watch';
import type { ProgressTeller } from './progress';

/** Opens what commands go through; `undefined` while the container does not run yet. Must not run a command. */
export type Opener<Session> = (
  pod: Stored<Pod>,
  signal: AbortSignal,
  told: StartNews,
) => Promise<Session | undefined>;

/** What an opener tells meanwhile. */
export interface StartNews {
  /** Why it is not yet, where the cluster gave a reason. */
  notYet(refusal: KubeError): void;
  /** Its container runs: what else it takes is no question any more. */
  runs(): void;
  /** It is in: the start is over, and what else it waits for has a bound of its own. */
  entered(): void;
}

export interface StartOptions {
  readonly place: Place;
  readonly job: Stored<Job>;
  readonly watch: PodWatch;
  readonly progress: ProgressTeller;
  /** A pod that has ended is no failure: its opener looks at it. @default false */
  readonly mayEnd?: boolean;
  readonly signal?: AbortSignal;
}

/** A Job that has no pod after this long has a reason, and events say it. */
const podWithinMs = 400;
/** After its pod has a node: no container runs sooner. */
const firstGuessMs = 250;
const firstPauseMs = 50;
const longestPauseMs = 120;
/** A try that took long met a busy cluster, which many of them would make busier: it waits this many times as long. */
const patience = 4;
/** The start is over by then, and its caller waits. */
const ASK_MS = 2_000;
/** But not so long that a sandbox ends for want of a client: it waits for one for 20 s. */
const longestPatienceMs = 4_000;

/**
 * Opens a session as soon as the container takes it, without waiting for the kubelet to say that it runs. Rejects
 * with the cause when the pod cannot start, and with what it still waits for when the time is over.
 */
export function start<Session>(options: StartOptions, open: Opener<Session>): Promise<Session> {
  if (options.watch.jobUid === undefined) options.watch.of(options.job.metadata.uid);
  return new Start(options, open).run();
}

class Start<Session> {
  readonly #ending = new AbortController();
  #stopClock = () => {};
  #events: WhyNoPod | undefined;
  #error: SandboxError | undefined;
  #refusal: KubeError | undefined;
  #scheduledAt: number | undefined;

  constructor(
    private readonly options: StartOptions,
    private readonly open: Opener<Session>,
  ) {}

  async run(): Promise<Session> {
    const { watch, signal } = this.options;
    const late = () => void this.#failAsLate();
    this.#stopClock = startTimer(this.#withinMs, late);
    const stopWaiting = startTimer(podWithinMs, () => this.#watchEvents());
    const forget = signal && onAbort(signal, () => this.#stopWith(abortError(signal, this.#where, this.#id)));
    const stop = watch.onChange(() => this.#look());
    try {
      this.#tellOfQueue();
      this.#look();
      return await this.#tryToOpen();
    } finally {
      stop();
      this.#stopClock();
      stopWaiting();
      forget?.();
      this.#events?.close();
    }
  }

  async #tryToOpen(): Promise<Session> {
    let pauseMs = firstPauseMs;
    for (;;) {
      if (this.#error) throw this.#error;
      const waitMs = this.#notBeforeMs();
      if (waitMs > 0) {
        await this.#nextChange(waitMs);
        continue;
      }
      const turn = await this.#turn();
      if (this.#error) continue;
      const began = performance.now();
      const session = await this.#attempt(turn);
      if (session !== undefined) {
        turn.wasRight();
        return session;
      }
      turn.over();
      await this.#nextChange(
        Math.max(pauseMs, Math.min(longestPatienceMs, patience * (performance.now() - began))),
      );
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
    }
  }

  /** Its node has told that it runs, or that it is over. */
  get #isTold(): boolean {
    const { watch } = this.options;
    return hasRun(watch.pod) || isEnding(watch);
  }

  /** How long it is too early to ask. */
  #notBeforeMs(): number {
    if (this.options.watch.pod?.spec?.nodeName === undefined) return this.#withinMs;
    this.#scheduledAt ??= performance.now();
    return this.#isTold ? 0 : this.#scheduledAt + firstGuessMs - performance.now();
  }

  /** Resolves when its node has told that it runs, or when it is this one's turn to ask without that. */
  async #turn(): Promise<Turn> {
    if (this.#isTold) return noTurn;
    const { place, watch } = this.options;
    const told = new AbortController();
    const stop = watch.onChange(() => {
      if (this.#isTold) told.abort();
    });
    const forget = onAbort(this.#ending.signal, () => told.abort());
    try {
      return await guessesOver(place.connection).turn(told.signal);
    } finally {
      stop();
      forget();
    }
  }

  async #attempt(turn: Turn): Promise<Session | undefined> {
    try {
      return await this.open(this.options.watch.pod!, this.#ending.signal, {
        notYet: (refusal) => {
          this.#refusal = refusal;
        },
        runs: () => turn.wasRight(),
        entered: () => this.#stopClock(),
      });
    } catch (error) {
      turn.over();
      // What broke the attempt may be the pod's end, which the watch has not told in full yet.
      if (!this.#error) await this.#failAsEnded();
      throw this.#error ?? apiError(error, this.#where, this.#id);
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
    if (failure) this.#stopWith(apiError(failure, this.#where, this.#id));
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

  #tellOfQueue(): void {
    const { job, progress } = this.options;
    if (isHeldBack(job)) progress.tell('waiting', `queue ${queueOf(job)}`);
  }

  /** The Job itself is asked whether its queue has let it start; where it cannot be, it is as good as not. */
  async #failAsLate(): Promise<void> {
    const { job, watch } = this.options;
    const isHeld = isHeldBack(job) && !watch.pod && (await this.#isStillHeld());
    this.#fail(
      isHeld ? waitsInQueue(job, this.#withinMs) : overdue(watch.pod, this.#refusal, this.#withinMs),
    );
  }

  async #isStillHeld(): Promise<boolean> {
    const { connection, namespace } = this.options.place;
    try {
      return isHeldBack(await get(connection, jobs, { namespace, name: this.#id }, { deadlineMs: ASK_MS }));
    } catch {
      return true;
    }
  }

  /** Where the pod has ended and may not. */
  async #failAsEnded(): Promise<void> {
    const { place, watch, mayEnd = false } = this.options;
    if (mayEnd) return;
    const cause = await endOf(place, this.#id, watch);
    if (cause) this.#fail(cause);
  }

  #watchEvents(): void {
    const { place, job, watch } = this.options;
    if (watch.pod || this.#ending.signal.aborted) return;
    this.#events = place.backend.whyNoPod(place, job, (cause) => {
      if (!watch.pod) this.#fail(cause);
    });
  }

  #fail(cause: Cause): void {
    this.#stopWith(errorOf(cause, this.#where, this.#id));
  }

  #stopWith(error: SandboxError): void {
    this.#error ??= error;
    this.#ending.abort();
  }

  get #where(): string {
    return `claim of ${this.#id}`;
  }

  get #id(): string {
    return this.options.job.metadata.name;
  }

  get #withinMs(): number {
    const { job, place } = this.options;
    return isHeldBack(job) ? Math.min(place.startTimeoutMs, longestWaitMs(job)) : place.startTimeoutMs;
  }
}
