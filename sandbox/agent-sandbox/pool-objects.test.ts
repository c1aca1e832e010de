import type { SandboxError } from '../errors';
import { template } from '../testing-only/scripted-runtime';
import { toldWhole } from '../testing-only/told-whole';
import { agentSandboxPool } from './pool-objects';

const GIVEN = { template, namespace: 'boxes' };
const nameOf = (more: object = {}) => agentSandboxPool({ ...GIVEN, ...more })[1].metadata.name;

test('the pod is the template`s, its network is left to ours, and nothing can be put into it by a claim', () => {
  const [of, pool] = agentSandboxPool({ ...GIVEN, warm: 3 });
  const { name } = of.metadata;
  expect(of.spec).toMatchObject({
    podTemplate: { spec: { containers: [{ name: 'sandbox', image: 'tools:1' }] } },
    service: false,
    networkPolicyManagement: 'Unmanaged',
    envVarsInjectionPolicy: 'Disallowed',
    volumeClaimTemplatesPolicy: 'Disallowed',
  });
  expect(pool).toMatchObject({ metadata: { name, namespace: 'boxes' } });
  expect(pool.spec).toMatchObject({ replicas: 3, sandboxTemplateRef: { name } });
});

test('a member waits for its claim however long that takes', () => {
  const [{ spec }] = agentSandboxPool(GIVEN);
  const command = spec.podTemplate.spec.containers[0]?.command;
  expect(command?.join(' ')).toContain('sleep infinity');
  expect(command?.join(' ')).not.toContain('exit 1;');
});

test('the name says what the pods are: the same for the same, another for others', () => {
  expect(nameOf()).toMatch(/^drydock-[0-9a-f]{24}$/);
  expect(nameOf({ warm: 9 })).toBe(nameOf());
  expect(nameOf({ values: { command: ['sleep', '9'] } })).not.toBe(nameOf());
});

test.each<[string, object]>([
  ['no options', 5 as never],
  ['half a sandbox', { warm: 0.5 }],
  ['less than none', { warm: -1 }],
  ['values that are none', { values: 'x' }],
  ['the name of a claim', { values: { name: 'one' } }],
  ['the end of a claim', { values: { deadlineSeconds: 5 } }],
  ['no namespace', { namespace: undefined }],
  ['another namespace', { namespace: 'others' }],
  ['no template', { template: undefined }],
])('%s is refused', (_, more) => {
  const given = typeof more === 'number' ? more : { ...GIVEN, ...more };
  let error: unknown;
  try {
    agentSandboxPool(given as never);
  } catch (reason) {
    error = reason;
  }
  expect(toldWhole(error as SandboxError).code).toBe('ArgumentInvalid');
});
