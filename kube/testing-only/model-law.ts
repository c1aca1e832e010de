import { ModelCluster, stateOf } from './model-cluster';
import { scriptedServer } from './scripted-server';
import { expectWatchLaw, type Follow, type Scenario, type Subject, type Tally } from './watch-law';

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
    everWas: (state, how) => (how === 'final' ? model.finalStates : model.everything).has(state),
    isDeleted: (uid) => model.deleted.has(uid),
  };
}

/** One scenario of the law of the watch, against a server of its own. */
export async function expectModelLaw(scenario: Scenario, follow?: Follow): Promise<Tally> {
  const model = new ModelCluster();
  model.servesInitialEvents = scenario.start !== 'refused initial events';
  const server = await scriptedServer((seen, response) => model.handle(seen, response));
  try {
    return await expectWatchLaw(modelSubject(server.url, model), scenario, 10_000, follow);
  } finally {
    await server.close();
  }
}
