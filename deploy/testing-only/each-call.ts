import type { Turn, Wanted } from './release-law';

const one = (name: string, value: number, kind: Wanted['kind'] = 'ConfigMap'): Wanted => ({
  ...{ kind, name, value },
  ...{ namespace: 'here', keep: false },
});
const nothing = { what: 'edit', which: 0, at: 1_000 } as const;
const first = [one('a', 0), one('b', 0), one('c', 0)];
/** Changes one, deletes one and makes one: the run that takes over wants the first otherwise, the second to stay, and not the third. */
const paused = [one('a', 1), one('b', 0), one('a', 1, 'Secret')];
const later = [one('a', 2), one('c', 0)];

/** A run that is paused, or refused, at each of its calls in turn: what is made up meets the few that matter too rarely. */
const eachCall: Array<[readonly Turn[]]> = (['pause', 422] as const).flatMap((what) =>
  [...Array(45).keys()].map((call): [readonly Turn[]] => [
    [
      {
        ...{ wanted: first, other: first, during: nothing, meddling: [] },
        fault: { at: 1_000, what: 'die', acted: false },
      },
      {
        ...{ wanted: later, other: paused, during: nothing, meddling: [] },
        fault: { at: call + 1, what, acted: false },
      },
    ],
  ]),
);

/**
 * A run that goes well, but for its lock: the answer to the deletion is that it is another's. So the next run takes over, and what it
 * forgets, since others have made it theirs, it still remembers.
 */
const lockThatStays: Array<[readonly Turn[]]> = [...Array(25).keys()].map((call) => [
  [
    {
      ...{ wanted: [one('a', 0, 'PersistentVolumeClaim'), one('b', 0)], other: first, during: nothing },
      ...{ meddling: [], fault: { at: 1_000, what: 'die', acted: false } },
    },
    {
      ...{ wanted: [one('b', 1)], other: first, during: nothing, meddling: [{ what: 'copy', which: 0 }] },
      fault: { at: call + 1, what: 409, acted: false },
    },
  ],
]);

export const EACH_CALL = [...eachCall, ...lockThatStays];
