import fc from 'fast-check';
import { expectModelLaw } from '../testing-only/model-law';
import { namedScenarios, scenarios } from '../testing-only/watch-law';

test('through any faults a watch tells only states that were, and ends with the state that is', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      await expectModelLaw(scenario);
    }),
    {
      numRuns: Number(process.env.KUBE_LAW_RUNS ?? 150),
      endOnFailure: process.env.CI === 'true',
      examples: namedScenarios.map((scenario) => [scenario]),
    },
  );
}, 600_000);
