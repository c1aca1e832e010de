import { dirname } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { tool } from '../../cluster/tools/tool';
import { celEngine } from '../../gitops/policy/cel';
import type { PolicyObject } from '../../gitops/policy/engine';
import { checkRules, field, GuardrailPolicy } from '../../guardrails';

jest.setTimeout(120_000);

/** What a platform team prints for its clusters holds a commit before. */

const before = process.env.PATH;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('kubernetes-1.34/drydock-vap'))}:${before}`;
});
afterAll(() => {
  process.env.PATH = before;
});

function printed(): { readonly policies: PolicyObject[]; readonly bindings: PolicyObject[] } {
  const chart = new Chart(new App(), 'platform');
  new GuardrailPolicy(chart, 'rules', {
    name: 'platform',
    rules: [
      ...Object.values(checkRules),
      {
        ...{
          id: 'two-pods',
          of: 'object',
          kinds: ['Deployment'],
          holds: field('spec', 'replicas').atLeast(2),
        },
        ...{ why: 'With one pod each drain of a node is an outage.', fix: 'Run two or more.' },
      },
    ],
  });
  const objects = Testing.synth(chart) as PolicyObject[];
  const isBinding = ({ kind }: PolicyObject) => kind.endsWith('Binding');
  return { policies: objects.filter((one) => !isBinding(one)), bindings: objects.filter(isBinding) };
}

const deployment = (replicas: number, namespace: string, image = 'registry.example.com/shop:1.2.3') =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } },
    spec: { replicas, template: { spec: { containers: [{ name: 'main', image }] } } },
  }) as unknown as PolicyObject;

test.each([
  ['what is as it should be', deployment(2, 'shop'), []],
  ['one pod', deployment(1, 'shop'), ['two-pods']],
  [
    'an image that may be another tomorrow',
    deployment(2, 'shop', 'registry.example.com/shop:latest'),
    ['latest-tag'],
  ],
  ['one pod of the system, which is exempt', deployment(1, 'kube-system'), []],
])('%s', async (_what, object, rules) => {
  const request = { application: { namespace: 'team', name: 'shop' }, namespace: 'shop', objects: [object] };
  const found = await celEngine(printed()).judge(request);
  expect(found.map(({ why }) => why.split(':')[0])).toEqual(rules);
});
