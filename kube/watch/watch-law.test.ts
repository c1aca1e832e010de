import fc from 'fast-check';
import { ModelCluster, stateOf } from '../testing-only/model-cluster';
import { scriptedServer } from '../testing-only/scripted-server';
import { expectWatchLaw, namedScenarios, type Subject, scenarios } from '../testing-only/watch-law';

/** A server that follows the rules, with its own history to compare with. */
function modelSubject(url: string, model: ModelCluster): Subject {
  const perform: Subject['perform'] = async (step) => {
    if (step.do === 'set') model.set(step.name, step.value);
    if (step.do === 'delete') model.delete(step.name);
    if (step.do === 'compact') model.compact();
    if (step.do === 'bookmark') model.bookmark();
    if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms));
  };
  return {
    upstream: { url },
    namespace: 'here',
    perform,
    states: async () => new Map([...model.objects].map(([name, object]) => [name, stateOf(object)])),
    everWas: (state) => model.everything.has(state),
  };
}

test('through any faults a watch tells only states that were, and ends with the state that is', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const model = new ModelCluster();
      const server = await scriptedServer((seen, response) => model.handle(seen, response));
      try {
        await expectWatchLaw(modelSubject(server.url, model), scenario, 10_000);
      } finally {
        await server.close();
      }
    }),
    {
      numRuns: Number(process.env.KUBE_LAW_RUNS ?? 150),
      endOnFailure: process.env.CI === 'true',
      examples: namedScenarios.map((scenario) => [scenario]),
    },
  );
}, 600_000);
