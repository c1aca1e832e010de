import fc from 'fast-check';
import { type Cluster, sharedCluster, until } from '../../cluster';
import { objectFaults } from '../../core/schema';
import { DrydockError, type JsonObject } from '../../core/template';
import { kinds } from '../../imports/kinds';
import { isRefused, verdicts } from '../schema/ask-server';
import { exportNames, type OddProgram, objectsOf, oddPrograms, rightObjects } from './odd-props';

jest.setTimeout(300_000);

/** `DRYDOCK_ODD_PROPS=20000` for the long run. */
const RUNS = Number(process.env.DRYDOCK_ODD_PROPS ?? 3000);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await until('the service account', async () => (await cluster.api.send('GET', account)).status === 200);
});

interface Case {
  readonly object: JsonObject;
  readonly program: OddProgram | string;
}

/** Nothing is kept of a dry-run, so every object is tried in one namespace; custom resources are not of this server. */
function casesOf(program: OddProgram | string, objects: readonly JsonObject[]): Case[] {
  return objects
    .filter(({ apiVersion, kind }) => kinds[String(apiVersion)]?.[String(kind)])
    .map((object) => {
      const { namespace: _, ...metadata } = object.metadata as JsonObject;
      return { program, object: { ...object, metadata } };
    });
}

async function refusedOf(cases: readonly Case[]) {
  const different = [...new Map(cases.map((one) => [JSON.stringify(one.object), one])).values()];
  const all = await verdicts(cluster, different);
  const told = all.filter(isRefused).map(({ of, server }) => `${JSON.stringify(of.program)}: ${server}`);
  return { told, asked: all.length, accepted: all.filter(({ server }) => server === '').length };
}

test('a strict dry-run takes every object of right props', async () => {
  const cases = exportNames.flatMap((name) => casesOf(name, rightObjects(name)));
  expect((await refusedOf(cases)).told).toEqual([]);
});

test(`wrong and odd JSON in any place of any props is refused by us, or comes out as objects that a strict dry-run takes (${RUNS} programs)`, async () => {
  const refused = new Map<string, number>();
  const accepted = new Map<string, number>();
  const count = (of: Map<string, number>, name: string) => of.set(name, (of.get(name) ?? 0) + 1);
  const cases = fc.sample(oddPrograms, { numRuns: RUNS, seed: 23 }).flatMap((program) => {
    try {
      const found = casesOf(program, objectsOf(program));
      // What the constructs pass on as Kubernetes reads it, `synth` holds against the schema.
      const isPassed = found.every(({ object }) => objectFaults(object).length === 0);
      count(isPassed ? accepted : refused, program.of);
      if (!isPassed) return [];
      return found;
    } catch (error) {
      if (!(error instanceof DrydockError))
        throw new Error(`${JSON.stringify(program)} ended in ${error}`, { cause: error });
      count(refused, program.of);
      return [];
    }
  });
  const { told, asked, accepted: taken } = await refusedOf(cases);
  expect(told).toEqual([]);
  // Each export was refused and accepted often, so that neither half of the sentence is empty.
  const share = RUNS / exportNames.length;
  for (const name of exportNames) {
    expect(refused.get(name) ?? 0).toBeGreaterThan(share / 7);
    expect(accepted.get(name) ?? 0).toBeGreaterThan(share / 50);
  }
  expect(taken).toBeGreaterThan(asked / 2);
});
