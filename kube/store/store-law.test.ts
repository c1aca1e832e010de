import fc from 'fast-check';
import { followStore } from '../testing-only/follow-store';
import { expectModelLaw } from '../testing-only/model-law';
import { namedScenarios, scenarios } from '../testing-only/watch-law';

test('through any faults all readers of a store hold only states that were, and end with the state that is', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      await expectModelLaw(scenario, followStore);
    }),
    {
      numRuns: Number(process.env.KUBE_LAW_RUNS ?? 60),
      endOnFailure: process.env.CI === 'true',
      examples: namedScenarios.map((scenario) => [scenario]),
    },
  );
}, 600_000);
