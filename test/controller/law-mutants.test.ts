import type * as ElectionLaw from '../../controller/testing-only/election-law';
import type * as LinesLaw from '../../controller/testing-only/lines-law';
import type * as QueueLaw from '../../controller/testing-only/queue-law';
import { FreshModules } from '../laws/fresh-modules';
import { type ControllerMutant, mutants } from './mutants';

jest.setTimeout(240_000);

const SEED = 20_261_129;

/** The laws of a queue and an election with one fault in them. */
function lawsOf(mutant?: ControllerMutant, cases = 1_200) {
  const fresh = new FreshModules(mutant);
  const lawIn = (file: string) => fresh.load(`controller/testing-only/${file}.ts`);
  return {
    queue: () => (lawIn('queue-law') as typeof QueueLaw).runQueueLaw(cases, SEED, false),
    lines: () => (lawIn('lines-law') as typeof LinesLaw).runLinesLaw(cases, SEED, false),
    election: () => (lawIn('election-law') as typeof ElectionLaw).runElectionLaw(cases, SEED, false),
  };
}

test.each(mutants)('caught: $title', async (mutant) => {
  await expect(lawsOf(mutant)[mutant.law]()).rejects.toThrow(/./);
});

test.each(['queue', 'lines', 'election'] as const)(
  'without a fault the law of the %s finds none',
  async (law) => {
    // Its own test runs it in full.
    await lawsOf(undefined, 200)[law]();
  },
);
