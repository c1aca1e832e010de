import fc from 'fast-check';
import type { ConfigMap } from '../../imports/k8s';
import type { Connection } from '../connection';
import { resource } from '../resource';
import type { Change } from '../watch/known-objects';
import { type Watch, type WatchOptions, watch } from '../watch/watch';
import { type Fault, faultProxy, type Upstream } from './fault-proxy';
import { stateOf } from './model-cluster';

export const configMaps = resource<ConfigMap>('v1', 'ConfigMap');

/** A change of an object in the cluster. */
export type Edit =
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'delete'; readonly name: string };

/** What happens in one run of the law, in order. */
export type Step =
  | Edit
  | { readonly do: 'compact' | 'bookmark' }
  | { readonly do: 'wait'; readonly ms: number }
  /** Nothing passes the proxy while the edits happen, and afterwards the version from before them is gone. */
  | { readonly do: 'outage'; readonly edits: readonly Edit[] };

export interface Scenario {
  readonly steps: readonly Step[];
  /** One for each request that reaches the proxy, in order; later requests are unharmed. */
  readonly faults: readonly Fault[];
  /** How the reader begins; a server can be one that has no initial events. */
  readonly start: 'list' | 'initial events' | 'refused initial events';
}

/** What a reader of the law is told, and how it ends. */
export type Follow = (
  connection: Connection,
  options: WatchOptions,
) => Pick<Watch<ConfigMap>, 'next' | 'close'>;

const followWatch: Follow = (connection, options) => watch(connection, configMaps, options);

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const after = fc.nat(4);

const garbageLines = fc.oneof(
  fc.constantFrom('', '{', 'null', '[]', '{"type":"ADDED"}', '{"type":"ADDED","object":{"metadata":{}}}'),
  fc.constantFrom('{"type":"WHAT","object":{"metadata":{"name":"x","uid":"u","resourceVersion":"999999"}}}'),
  fc.string({ maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, '.')),
);

export const faults: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'none' as const }) },
  fc.record({ kind: fc.constantFrom('cut' as const, 'half-open' as const, 'end' as const), after }),
  fc.record({ kind: fc.constant('expired' as const), after }),
  fc.record({
    kind: fc.constant('status' as const),
    code: fc.constantFrom(410 as const, 429 as const, 500 as const, 503 as const, 504 as const),
  }),
  fc.record({ kind: fc.constant('duplicate' as const), after, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('replay' as const), after }),
  fc.record({ kind: fc.constant('garbage' as const), after, text: garbageLines }),
  fc.record({ kind: fc.constant('slow' as const), chunkBytes: fc.integer({ min: 1, max: 40 }) }),
);

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('set' as const), name: names, value: fc.string() }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), name: names }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'bookmark' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(25) }) },
    ),
    { maxLength: 40 },
  ),
  faults: fc.array(faults, { maxLength: 12 }),
  start: fc.constantFrom('list', 'initial events', 'refused initial events'),
});

const set = (name: string, value = '1') => ({ do: 'set', name, value }) as const;
const settle = { do: 'wait', ms: 60 } as const;

const stories: readonly Omit<Scenario, 'start'>[] = [
  // Deleted while the watch was away.
  { steps: [set('a'), set('b'), settle, { do: 'outage', edits: [{ do: 'delete', name: 'a' }] }], faults: [] },
  // Deleted and made again while the watch was away: another object under the same name.
  {
    steps: [set('a'), settle, { do: 'outage', edits: [{ do: 'delete', name: 'a' }, set('a')] }],
    faults: [],
  },
  // A version that can never be watched from.
  {
    steps: [set('a'), settle, { do: 'outage', edits: [] }, set('b')],
    faults: [
      { kind: 'none' },
      { kind: 'none' },
      ...Array.from({ length: 7 }, () => ({ kind: 'garbage', after: 0, text: '{' }) as const),
    ],
  },
];

/** The stories that every run tells, beside the random ones. */
export const namedScenarios: readonly Scenario[] = stories.flatMap((story) =>
  (['list', 'initial events'] as const).map((start) => ({ ...story, start })),
);

/** How a state was told; a deletion that was seen tells the final one. */
export type Told = 'added' | 'modified' | 'deleted' | 'final';

/** The cluster behind the proxy, real or modelled. */
export interface Subject {
  readonly upstream: Upstream;
  readonly namespace: string;
  readonly labelSelector?: string;
  perform(step: Exclude<Step, { do: 'outage' }>): Promise<void>;
  /** The states of now, by name. */
  states(): Promise<ReadonlyMap<string, string>>;
  /**
   * Whether an object was ever in this state; asked at the end, when every write has been answered. `final` asks for the
   * state in which it was deleted.
   */
  everWas(state: string, how: Told): boolean;
  /** Whether an object has been deleted, or is being. */
  isDeleted(uid: string): boolean;
}

/** What the law counts; a breach throws. */
export interface Tally {
  changes: number;
  faultsMet: number;
  connections: number;
}

/**
 * The law of the watch: whatever happens on the way, the reader is told only states that were, in an order that makes
 * sense, and ends up with exactly the server's state. What lives is never told as deleted: a controller would clean up
 * after it. A deletion whose last state was not seen says so, and on an undisturbed way all are seen.
 */
export async function expectWatchLaw(
  subject: Subject,
  scenario: Scenario,
  deadlineMs: number,
  follow: Follow = followWatch,
): Promise<Tally> {
  const tally: Tally = { changes: 0, faultsMet: 0, connections: 0 };
  const pending = [...scenario.faults];
  let down = false;
  let forgotten = false;
  const proxy = await faultProxy(subject.upstream, (seen) => {
    tally.connections += 1;
    if (down) return { kind: 'status', code: 503 };
    const isWatch = seen.query.has('watch');
    if (forgotten && isWatch) {
      forgotten = false;
      return { kind: 'expired', after: 0 };
    }
    const fault = pending.shift() ?? { kind: 'none' as const };
    if (fault.kind !== 'none') tally.faultsMet += 1;
    return fault;
  });
  const connection = proxy.connect({ namespace: subject.namespace });
  const watching = follow(connection, {
    labelSelector: subject.labelSelector,
    initialEvents: scenario.start !== 'list',
    timing: { stallMs: 150, firstBackoffMs: 2, longestBackoffMs: 20 },
  });
  const isDisturbed = scenario.faults.length > 0 || scenario.steps.some(disturbs);
  const view = new View(subject, isDisturbed);
  const reading = view.follow(watching, tally);
  try {
    for (const step of scenario.steps) {
      if (step.do !== 'outage') await subject.perform(step);
      else {
        down = true;
        proxy.cut();
        for (const edit of step.edits) await subject.perform(edit);
        forgotten = true;
        down = false;
      }
    }
    const until = Date.now() + deadlineMs;
    while (!(await view.equals(subject))) {
      if (view.broken) throw view.broken;
      if (Date.now() > until) throw new Error(`never converged: ${await view.difference(subject)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (view.broken) throw view.broken;
    view.expectOnlyWhatWas();
    return tally;
  } finally {
    watching.close();
    await reading;
    await proxy.close();
  }
}

/** Whether a watch may have to begin anew, so that it misses what happened meanwhile. */
function disturbs(step: Step): boolean {
  return step.do === 'outage' || step.do === 'compact';
}

/** What a reader believes who does nothing but follow the changes. */
class View {
  readonly #objects = new Map<string, { uid: string; state: string }>();
  readonly #told: Array<readonly [state: string, how: Told]> = [];
  #synced = false;
  broken: Error | undefined;

  constructor(
    readonly subject: Subject,
    readonly isDisturbed: boolean,
  ) {}

  async follow(watching: ReturnType<Follow>, tally: Tally): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await watching.next();
        if (done) return;
        tally.changes += 1;
        if (value.type === 'synced') {
          if (this.#synced) throw new Error('synced twice');
          this.#synced = true;
          continue;
        }
        this.#take(value);
      }
    } catch (error) {
      this.broken = error as Error;
    }
  }

  #take(change: Exclude<Change<ConfigMap>, { type: 'synced' }>): void {
    const { name, uid } = change.object.metadata;
    const state = stateOf(change.object);
    const known = this.#objects.get(name);
    const breach = (what: string) => new Error(`${change.type} ${what}: ${state}`);
    const isSeen = change.type === 'deleted' && !change.finalStateUnknown;
    this.#told.push([state, isSeen ? 'final' : change.type]);
    if (change.type === 'deleted' && !this.subject.isDeleted(uid)) throw breach('of what lives');
    if (change.type === 'deleted' && !isSeen && !this.isDisturbed)
      throw breach('unseen, though nothing was missed');
    if (change.type === 'added' && known) throw breach('of what was told before');
    if (change.type !== 'added' && known?.uid !== uid) throw breach('of what was not told before');
    if (change.type === 'modified' && known?.state === state) throw breach('without a change');
    if (change.type === 'deleted') this.#objects.delete(name);
    else this.#objects.set(name, { uid, state });
  }

  expectOnlyWhatWas(): void {
    const invented = this.#told.filter(([state, how]) => !this.subject.everWas(state, how));
    if (invented.length > 0) throw new Error(`told of states that never were: ${invented.join('; ')}`);
  }

  async equals(subject: Subject): Promise<boolean> {
    return this.#synced && (await this.difference(subject)) === '';
  }

  async difference(subject: Subject): Promise<string> {
    const states = await subject.states();
    const wrong: string[] = [];
    for (const name of new Set([...states.keys(), ...this.#objects.keys()])) {
      const is = states.get(name);
      const told = this.#objects.get(name)?.state;
      if (is !== told) wrong.push(`${name} is ${is}, told ${told}`);
    }
    return wrong.join('; ');
  }
}
