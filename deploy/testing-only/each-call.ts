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
export const EACH_CALL: Array<[readonly Turn[]]> = (['pause', 422] as const).flatMap((what) =>
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
