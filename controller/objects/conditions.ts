import { ControllerError } from '../errors';

/** A condition of `metav1.Condition`. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

/** What is said of an object; when that has changed is found out. */
export type NewCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** What a reconcile has come to. */
export interface OutcomeWords {
  readonly reason: string;
  readonly message: string;
}

const LONGEST_MESSAGE = 32_768;

/**
 * The conditions with some of them said anew. `lastTransitionTime` moves with the status alone, so that the same said
 * twice is the same, and nothing has to be written.
 *
 * @param generation `metadata.generation` of the object that was looked at: `kubectl wait` and kstatus take a condition
 *   of an older one for no answer
 *
 * @example
 * const ready = { type: 'Ready', status: 'True', reason: 'Greeted', message: 'The greeting is there' } as const;
 * const conditions = withConditions([], [ready], 3);
 * console.log(conditions[0]?.observedGeneration);
 */
export function withConditions(
  before: readonly Condition[],
  said: readonly NewCondition[],
  generation: number | undefined,
  now: Date = new Date(),
): Condition[] {
  const next = new Map(before.map((one) => [one.type, one]));
  for (const { type, status, reason, message } of said) {
    check(type, reason);
    const known = next.get(type);
    const lastTransitionTime =
      known?.status === status ? known.lastTransitionTime : `${now.toISOString().slice(0, 19)}Z`;
    next.set(type, {
      ...{ type, status, reason, message: message.slice(0, LONGEST_MESSAGE) },
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime,
    });
  }
  return [...next.values()];
}

/**
 * `Ready`, `Reconciling` and `Stalled` for what a reconcile has come to: `ready`; `working`, which goes on by itself;
 * `failed`, which is tried again; `stalled`, which waits for a person. kstatus reads them as Current, InProgress and
 * Failed.
 *
 * @example
 * const said = outcomeConditions('stalled', { reason: 'NoSuchCluster', message: 'There is no cluster "west"' });
 * console.log(withConditions([], said, 1).map(({ type, status }) => `${type}=${status}`).join());
 */
export function outcomeConditions(
  outcome: 'ready' | 'working' | 'failed' | 'stalled',
  words: OutcomeWords,
): NewCondition[] {
  const is = (type: string, holds: boolean): NewCondition => ({
    ...{ type, status: holds ? 'True' : 'False' },
    ...words,
  });
  return [
    is('Ready', outcome === 'ready'),
    is('Reconciling', outcome === 'working' || outcome === 'failed'),
    is('Stalled', outcome === 'stalled'),
  ];
}

/** As the schema of a condition has it; the API server refuses others, and then the whole status. */
function check(type: string, reason: string): void {
  const parts: ReadonlyArray<readonly [name: string, text: string, form: RegExp, words: string]> = [
    ['type', type, /^([a-z0-9.-]+\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,314}$/, 'a name such as `Ready`'],
    ['reason', reason, /^[A-Za-z]([A-Za-z0-9_,:]{0,1022}[A-Za-z0-9_])?$/, 'one word such as `ImageMissing`'],
  ];
  for (const [name, text, form, words] of parts) {
    if (form.test(text)) continue;
    throw new ControllerError('CONDITION_INVALID', {
      where: `condition ${JSON.stringify(type)} ${name}`,
      found: JSON.stringify(text),
      expected: words,
      remedy: 'put what people read into `message`',
    });
  }
}
