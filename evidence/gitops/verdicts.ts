import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import { celEngine } from '../../gitops/policy/cel';
import type { PolicyEngine, PolicyObject } from '../../gitops/policy/engine';
import { kyvernoEngine } from '../../gitops/policy/kyverno';
import { opaEngine } from '../../gitops/policy/opa';

/** How long one engine took for verdicts about so many objects. */
export interface VerdictTime {
  readonly engine: string;
  readonly objects: number;
  readonly ms: readonly number[];
}

const rule = {
  ...{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] },
  resources: ['deployments'],
};
const validating = {
  ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' },
  metadata: { name: 'two' },
  spec: {
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: 'object.spec.replicas >= 2', message: 'Run two.' }],
  },
} as unknown as PolicyObject;
const clusterPolicy = {
  ...{ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name: 'two' } },
  spec: {
    rules: [
      {
        name: 'two',
        match: { any: [{ resources: { kinds: ['Deployment'] } }] },
        validate: { message: 'Run two.', pattern: { spec: { replicas: '>=2' } } },
      },
    ],
  },
} as unknown as PolicyObject;
const REGO = 'package main\ndeny contains "Run two." if input.spec.replicas < 2\n';

const deployment = (name: string, replicas: number) =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' } },
    spec: { replicas, selector: {}, template: { spec: { containers: [{ name: 'c', image: 'a:1' }] } } },
  }) as unknown as PolicyObject;

const ENGINES: Readonly<Record<string, () => PolicyEngine>> = {
  'OPA, Rego': () => opaEngine([{ name: 'two.rego', text: REGO }]),
  'CEL of the API server': () => celEngine({ policies: [validating], bindings: [] }),
  Kyverno: () => kyvernoEngine([clusterPolicy]),
};

export async function verdictTimes(rounds: number): Promise<readonly VerdictTime[]> {
  const programs = await Promise.all(
    ['opa', 'kyverno', 'kubernetes-1.34/drydock-vap'].map((name) => tool(name)),
  );
  process.env.PATH = [...programs.map(dirname), process.env.PATH].join(':');
  const times: VerdictTime[] = [];
  for (const [engine, make] of Object.entries(ENGINES))
    for (const objects of [1, 20, 200]) {
      const ms: number[] = [];
      for (let round = 0; round < rounds; round += 1) ms.push(await timeOf(make(), objects));
      times.push({ engine, objects, ms });
    }
  return times;
}

/** Half of them, and the one that is alone, break the rule: an engine that finds something else is not measured. */
async function timeOf(engine: PolicyEngine, count: number): Promise<number> {
  const objects = Array.from({ length: count }, (_, at) => deployment(`web-${at}`, at % 2 === 0 ? 1 : 2));
  const before = performance.now();
  const found = await engine.judge({
    ...{ application: { namespace: 'team', name: 'shop' }, namespace: 'shop', objects },
  });
  const ms = performance.now() - before;
  if (found.length !== Math.ceil(count / 2))
    throw new Error(`${engine.name} finds ${found.length} in ${count} objects`);
  return ms;
}
