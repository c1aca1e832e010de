import {
  Connection,
  type ConnectOptions,
  holderName,
  type KubeObject,
  onAbort,
  pause,
  type Store,
  Stores,
  type StoresOptions,
} from '../kube';
import { type ControllerOptions, type Lent, type Outcome, RunningController } from './controller';
import { Election, type ElectionEvent } from './election/election';
import { leaseOf } from './election/lease-of';
import type { Term } from './election/term';
import { ControllerError } from './errors';
import { EventRecorder } from './objects/events';
import type { Related } from './objects/related';
import { OperatorMetrics } from './operator-metrics';
import { checkController, checkOperator } from './options';
import { startHealthServer } from './serve/health-server';
import type { Metrics } from './serve/metrics';

export type OperatorEvent =
  | { readonly type: 'election'; readonly event: ElectionEvent }
  | ({ readonly type: 'reconciled' } & Outcome)
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'stopping' };

export interface OperatorOptions
  extends Pick<
    ConnectOptions,
    'kubeconfig' | 'context' | 'inCluster' | 'allowExecPlugin' | 'deadlineMs' | 'maxCalls' | 'hooks'
  > {
  /** What the Lease is called, and who is said to tell events. */
  readonly name: string;
  /** Where the Lease is. @default - the context's or the pod's namespace, else `default` */
  readonly namespace?: string;
  /** Whose objects are watched; `*` for all namespaces. @default '*' */
  readonly watchNamespace?: string;
  /**
   * Whether several of these may run, of which one works. Without it a second process would work on the same objects at
   * once, and nothing keeps a paused one from writing.
   * @default true
   */
  readonly election?: boolean;
  /** How long a leader may be silent before another takes over: whole seconds. @default 15000 */
  readonly leaseMs?: number;
  /** Where `/healthz`, `/readyz` and `/metrics` are; 0 for a free port, `false` for no server. @default 8080 */
  readonly port?: number | false;
  /** The address of that server. @default - every address: the kubelet asks from outside of the pod */
  readonly host?: string;
  /** The longest that an end waits for work that has begun; below `terminationGracePeriodSeconds`. @default 20000 */
  readonly graceMs?: number;
  /**
   * What is kept in memory of each object that is watched, such as `withoutManagedFields`; name, namespace, UID and
   * resourceVersion must stay, and whatever is reconciled by.
   * @default - all of it
   */
  readonly keep?: StoresOptions['keep'];
  /** Told of everything that happens. @default - a line of JSON on stderr for what a person wants to know */
  readonly onEvent?: (event: OperatorEvent) => void;
}

/** Answers with what ends it. */
export type Service = (signal: AbortSignal) => Promise<() => Promise<void>>;

export const GRACE_MS = 20_000;
export const PORT = 8080;

interface Entry {
  readonly options: ControllerOptions<KubeObject>;
  readonly store: Store<KubeObject>;
  readonly related: ReadonlyArray<readonly [Related, Store<KubeObject>]>;
}

/**
 * One process with controllers: it watches, is elected, reconciles, is asked for its health, and ends in good order.
 *
 * @example
 * const configMaps = resource<KubeObject>('v1', 'ConfigMap');
 * const operator = new Operator({ name: 'greeter' });
 * operator.controller({
 *   of: configMaps,
 *   labelSelector: 'example.com/greet=yes',
 *   reconcile: async (object, { connection, tell }) => {
 *     await patch(connection, configMaps, object.metadata, { merge: { data: { greeting: 'hello' } } });
 *     tell({ reason: 'Greeted', note: 'hello' });
 *   },
 * });
 * await operator.run();
 */
export class Operator {
  readonly metrics: Metrics;
  readonly #options: OperatorOptions;
  readonly #connect: ConnectOptions;
  readonly #reading: Connection;
  readonly #stores: Stores;
  readonly #controllers: ControllerOptions<KubeObject>[] = [];
  readonly #services: Service[] = [];
  /** The same with their stores, once those are filled. */
  #entries: readonly Entry[] = [];
  readonly #measured = new OperatorMetrics();
  #isSynced = false;

  constructor(options: OperatorOptions) {
    checkOperator(options);
    this.#options = options;
    this.metrics = this.#measured.metrics;
    const { kubeconfig, context, inCluster, allowExecPlugin, deadlineMs, maxCalls, hooks, namespace, keep } =
      options;
    this.#connect = {
      ...{ kubeconfig, context, inCluster, allowExecPlugin, deadlineMs, maxCalls, hooks, namespace },
      userAgent: options.name,
    };
    this.#reading = new Connection(this.#connect);
    this.#stores = new Stores(this.#reading, keep && { keep });
  }

  /** A controller of this process; those that watch the same objects share the watch. To be said before `run`. */
  controller<Kind extends KubeObject>(options: ControllerOptions<Kind>): void {
    checkController(options);
    this.#controllers.push(options as unknown as ControllerOptions<KubeObject>);
  }

  /** What runs beside the controllers, in every replica, whether it leads or not; such as a server. To be said before `run`. */
  service(start: Service): void {
    this.#services.push(start);
  }

  /**
   * Runs until the signal is aborted, or SIGTERM or SIGINT comes where no signal is given. Resolves once what had begun has
   * ended; rejects where it cannot work at all, and with RECONCILE_SLOW where work goes on after `graceMs`.
   */
  async run(signal: AbortSignal = endOfProcess()): Promise<void> {
    const { port = PORT, host } = this.#options;
    const isSick = () => this.#sickness();
    const isWaiting = () => (this.#isSynced ? undefined : 'the first list of what is watched');
    const { metrics } = this;
    const server =
      port === false ? undefined : await startHealthServer({ port, host, metrics, isSick, isWaiting });
    if (server) this.#tell({ type: 'listening', port: server.port });
    const forget = onAbort(signal, () => this.#tell({ type: 'stopping' }));
    const closing: Array<() => Promise<void>> = [];
    try {
      for (const start of this.#services) closing.push(await start(signal));
      this.#entries = await Promise.all(this.#controllers.map((one) => this.#open(one, signal)));
      this.#isSynced = true;
      if (this.#options.election === false) await this.#lead(undefined, signal);
      else await this.#election().run((term) => this.#lead(term, signal), signal);
    } catch (error) {
      // An end that comes while the first list is waited for.
      if (!(signal.aborted && !this.#isSynced)) throw error;
    } finally {
      forget();
      this.#reading.close();
      await Promise.all(closing.map((close) => close()));
      await server?.close();
    }
  }

  #election(): Election {
    const { name, leaseMs } = this.#options;
    const { namespace } = this.#reading;
    return new Election({
      api: leaseOf(this.#reading, { name, namespace }),
      where: `Lease ${namespace}/${name}`,
      durationMs: leaseMs,
      now: () => this.#reading.clock.now(),
      onEvent: (event) => {
        if (event.type !== 'trouble') this.#measured.leads = event.type === 'won';
        this.#tell({ type: 'election', event });
      },
    });
  }

  /** Works until the term is over or the process ends, and until all that has begun has ended. */
  async #lead(term: Term | undefined, signal: AbortSignal): Promise<void> {
    const fenced = new Connection({ ...this.#connect, mayWrite: term && (() => term.check()) });
    const working = new AbortController();
    const { name } = this.#options;
    const instance = holderName();
    const events = new EventRecorder(fenced, name, instance);
    const onOutcome = (outcome: Outcome) => {
      this.#measured.reconciled(outcome);
      this.#tell({ type: 'reconciled', ...outcome });
    };
    const lent: Lent = { connection: fenced, signal: working.signal, events, onOutcome };
    const running = this.#entries.map(
      ({ options, store, related }) => new RunningController(options, store, related, lent),
    );
    this.#measured.watch(running.map(({ queue }, index) => [nameOf(this.#entries[index]!.options), queue]));
    for (const one of running) one.start();
    await abortOf([signal, ...(term ? [term.signal] : [])]);
    for (const one of running) one.stop();
    const idle = Promise.all(running.map(({ queue }) => queue.idle()));
    const { graceMs = GRACE_MS } = this.#options;
    // Where the term is over, nothing that is done now can be written.
    const inTime = !term?.signal.aborted && (await isWithin(idle, graceMs));
    working.abort();
    fenced.close();
    const hasEnded = inTime || (await isWithin(idle, graceMs));
    if (!hasEnded) throw slow(running.length, graceMs);
  }

  /** Standbys read too, so that a new leader has all of it at once. */
  async #open(options: ControllerOptions<KubeObject>, signal: AbortSignal): Promise<Entry> {
    const { watchNamespace = '*' } = this.#options;
    const { of, labelSelector, related = [] } = options;
    const [store, ...others] = await Promise.all(
      [{ of, labelSelector, namespace: undefined }, ...related].map((one) => {
        const selection = { namespace: one.namespace ?? watchNamespace, labelSelector: one.labelSelector };
        return this.#stores.open(one.of, selection, signal);
      }),
    );
    return { options, store: store!, related: related.map((one, index) => [one, others[index]!]) };
  }

  /** A store that has ended is never true again, so a new process is better. */
  #sickness(): string | undefined {
    for (const { store, related } of this.#entries) {
      for (const one of [store, ...related.map(([, other]) => other)]) {
        const { phase, lastError } = one.status();
        if (phase === 'ended') return lastError?.message ?? 'a watch that has ended';
      }
    }
    return undefined;
  }

  #tell(event: OperatorEvent): void {
    try {
      (this.#options.onEvent ?? toStderr)(event);
    } catch {
      // What a listener throws is its own affair.
    }
  }
}

function nameOf({ name, of }: ControllerOptions<KubeObject>): string {
  return name ?? of.plural;
}

function abortOf(signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) onAbort(signal, resolve);
  });
}

/** Leaves no timer behind, for which the process would wait. */
async function isWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const enough = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pause(ms, enough.signal).then(() => false)]);
  } finally {
    enough.abort();
  }
}

/** The second signal ends the process at once, as ever. */
function endOfProcess(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ending.abort());
  return ending.signal;
}

function slow(controllers: number, graceMs: number): ControllerError {
  return new ControllerError('RECONCILE_SLOW', {
    where: `Operator with ${controllers} controller(s)`,
    found: `work that goes on ${graceMs} ms after it was to end`,
    expected: 'reconciles that end when their signal is aborted',
    remedy:
      'give `context.signal` to what a reconcile waits for, or raise `graceMs`; the Lease runs out by itself',
  });
}

/** What goes well is in the metrics. */
function toStderr(event: OperatorEvent): void {
  if (event.type === 'reconciled' && event.result !== 'error') return;
  const shown = (_key: string, value: unknown) => (value instanceof Error ? value.message : value);
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event }, shown)}\n`);
}
