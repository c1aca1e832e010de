import fc from 'fast-check';

/** What the Prometheus of gates says to a question. */
export type Said =
  | 'within'
  | 'outside'
  | 'NaN'
  | 'infinite'
  | 'no data'
  | 'several'
  | 'refused'
  | 'down'
  | 'page';

/** What happens, and then it is looked at. */
export interface GateRound {
  readonly push: boolean;
  /** What each of the two questions is answered from now on. */
  readonly says: readonly [Said, Said];
  /** A cluster is away for this round, by its place in the world. */
  readonly away: number | undefined;
  /** It is killed before this write or question by POST, and another process looks after it. */
  readonly killed: number | undefined;
  readonly looks: number;
}

export interface GateSchedule {
  /** Which of two waves have a gate. */
  readonly gates: readonly [boolean, boolean];
  readonly rollback: boolean;
  /** A gate fails as soon as it is out of bounds, or in days. */
  readonly isHasty: boolean;
  readonly rounds: readonly GateRound[];
}

const said = fc.constantFrom<Said>(
  ...(['within', 'within', 'within', 'within', 'outside', 'outside', 'outside', 'outside'] as const),
  ...(['NaN', 'infinite', 'no data', 'several', 'refused', 'down', 'page'] as const),
);

const round: fc.Arbitrary<GateRound> = fc.record({
  push: fc.constantFrom(true, true, false),
  says: fc.tuple(said, said),
  away: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 0, 1, 2),
  killed: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 30 }) },
  ),
  looks: fc.constantFrom(1, 2, 2, 3),
});

export const gateSchedules: fc.Arbitrary<GateSchedule> = fc.record({
  gates: fc.constantFrom<[boolean, boolean]>([true, true], [true, true], [true, false], [false, true]),
  rollback: fc.boolean(),
  isHasty: fc.boolean(),
  rounds: fc.array(round, { minLength: 1, maxLength: 5 }),
});
