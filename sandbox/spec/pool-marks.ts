/**
 * What a member of a warm pool carries: labels of its Job alone, never of its pod. The admission policy and the runtime
 * read the same tables.
 */
export const POOL_MARKS = {
  /** Which pool: what its members are, as a hash. */
  id: 'pool.drydock.dev/id',
  state: 'pool.drydock.dev/state',
  /** The manager that made it, and holds a stream to it. */
  holder: 'pool.drydock.dev/holder',
  /** The manager that has claimed it. */
  owner: 'pool.drydock.dev/owner',
  /** Which of the claims of its owner it was. */
  nonce: 'pool.drydock.dev/nonce',
} as const;

export type PoolMark = keyof typeof POOL_MARKS;

/** What a state may become. None goes back, so what was claimed once is never claimed again. */
export const POOL_TRANSITIONS = {
  warm: ['claimed', 'retired'],
  claimed: [],
  retired: [],
} as const;

export type PoolState = keyof typeof POOL_TRANSITIONS;

/** What a Job of each state carries: these and no others. */
export const MARKS_OF_STATE: Readonly<Record<PoolState, readonly PoolMark[]>> = {
  warm: ['id', 'state', 'holder'],
  claimed: ['id', 'state', 'holder', 'owner', 'nonce'],
  retired: ['id', 'state', 'holder'],
};

/** The labels, for those who have to tell them from a caller's. */
export const POOL_LABELS: readonly string[] = Object.values(POOL_MARKS);
