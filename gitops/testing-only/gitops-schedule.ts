import fc from 'fast-check';

/** ConfigMaps by name, with their value. */
export type Maps = Readonly<Record<string, string>>;

/** What happens in a world of one Application. Clusters are told by their place in the world. */
export type Step =
  | { readonly what: 'push'; readonly maps: Maps }
  | { readonly what: 'push-bad'; readonly how: 'broken' | 'empty' | 'unknown-kind' | 'half' | 'foreign' }
  /** The branch is put back to the last commit that may be applied, as by a force-push. */
  | { readonly what: 'put-back' }
  /** A commit that never becomes healthy is followed by a good one while it is waited for. */
  | { readonly what: 'stuck' }
  /** A commit that never becomes healthy, of which half is applied, is taken back while it is waited for. */
  | { readonly what: 'stuck-put-back' }
  | { readonly what: 'edit' | 'delete'; readonly cluster: number; readonly name: string }
  /** The repository. */
  | { readonly what: 'away' | 'back' }
  | { readonly what: 'cluster-away' | 'cluster-back'; readonly cluster: number }
  | { readonly what: 'meant' | 'not-meant'; readonly cluster: number }
  /** The credentials of a cluster are written anew; the old ones are no longer taken. */
  | { readonly what: 'rotate'; readonly cluster: number }
  /** From the third time on nothing is left to do. */
  | { readonly what: 'reconcile'; readonly times: number }
  /** It is killed before this write or question by POST, and another process begins. In two clusters an apply has some 45 of them. */
  | { readonly what: 'killed'; readonly beforeWrite: number }
  /** It is deleted, and made again when it has gone. */
  | { readonly what: 'delete-application' };

export interface Schedule {
  /** In the cluster of the controller alone, or in two others. */
  readonly isHome: boolean;
  readonly steps: readonly Step[];
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const cluster = fc.nat({ max: 1 });
const maps: fc.Arbitrary<Maps> = fc.dictionary(name, fc.constantFrom('1', '2'), {
  minKeys: 1,
  maxKeys: 4,
  noNullPrototype: true,
});
const whats = <What extends string>(...words: readonly What[]) => fc.constantFrom(...words);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: whats('push'), maps }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: whats('push-bad'),
      how: fc.constantFrom('broken', 'empty', 'unknown-kind', 'half', 'foreign'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: whats('edit', 'delete'), cluster, name }) },
  { weight: 1, arbitrary: fc.record({ what: whats('away', 'back', 'put-back') }) },
  { weight: 2, arbitrary: fc.record({ what: whats('cluster-away', 'cluster-back'), cluster }) },
  { weight: 2, arbitrary: fc.record({ what: whats('meant', 'not-meant'), cluster }) },
  { weight: 1, arbitrary: fc.record({ what: whats('rotate'), cluster }) },
  { weight: 8, arbitrary: fc.record({ what: whats('reconcile'), times: fc.constantFrom(1, 1, 3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: whats('killed'), beforeWrite: fc.integer({ min: 0, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: whats('delete-application', 'stuck', 'stuck-put-back') }) },
) as fc.Arbitrary<Step>;

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  isHome: fc.constantFrom(true, false, false),
  steps: fc.array(step, { minLength: 2, maxLength: 16 }),
});
