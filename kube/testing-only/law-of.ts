import fc from 'fast-check';

/** Runs drawn schedules; with `shrinks` the smallest that fails is told. `tally` counts what they went through. */
export type RunLaw = (
  runs: number,
  seed?: number,
  shrinks?: boolean,
  tally?: Map<string, number>,
) => Promise<void>;

/** The law that each of these schedules holds, which throws where it does not. */
export function lawOf<Schedule>(
  schedules: fc.Arbitrary<Schedule>,
  runSchedule: (schedule: Schedule, tally?: Map<string, number>) => Promise<void>,
): RunLaw {
  return async (runs, seed, shrinks = true, tally) => {
    const how = { numRuns: runs, ...(seed === undefined ? {} : { seed }), endOnFailure: !shrinks };
    await fc.assert(
      fc.asyncProperty(schedules, (schedule) => runSchedule(schedule, tally)),
      how,
    );
  };
}
