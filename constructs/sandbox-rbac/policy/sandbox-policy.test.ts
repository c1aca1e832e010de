import { defineValues, value } from '../../../core/values';
import { defineSandbox, sandboxRun } from '../../../sandbox/spec';
import { celText } from './cel';
import { sandboxPolicy } from './sandbox-policy';

const install = defineValues({
  images: value.list(value.image({ doc: 'Image' }), { default: ['busybox:1'], doc: 'Images' }),
  account: value.dnsName({ default: 'nobody', doc: 'Account' }),
  zone: value.dnsName({ default: 'a', doc: 'Zone' }),
});

function policyOf(changes: object = {}) {
  return sandboxPolicy(
    defineSandbox({
      install,
      run: sandboxRun,
      namespace: 'boxes',
      serviceAccountName: install.account,
      name: sandboxRun.name,
      image: sandboxRun.image,
      command: sandboxRun.command,
      env: sandboxRun.env,
      labels: sandboxRun.labels,
      deadlineSeconds: sandboxRun.deadlineSeconds,
      cpu: '1',
      memory: '1Gi',
      ephemeralStorage: '1Gi',
      workspaceSize: '1Gi',
      limits: {
        images: install.images,
        deadlineSeconds: 60,
        cpu: '1',
        memory: '1Gi',
        ephemeralStorage: '1Gi',
      },
      ...changes,
    }) as never,
  );
}

/** The expression that looks after a field; the message of each rule begins with its field. */
function expressionFor(field: string, policy = policyOf()): string | undefined {
  return policy.validations.find(({ message }) => message.startsWith(`${field}: `))?.expression;
}

test('a constant of the template is a constant of the policy', () => {
  expect(expressionFor('spec.automountServiceAccountToken')).toBe(
    'variables.isKept || (variables.pod.?automountServiceAccountToken == optional.of(false))',
  );
});

test('a value of the installation is compared with a parameter and is never part of an expression', () => {
  const policy = policyOf();
  expect(expressionFor('spec.serviceAccountName', policy)).toContain(
    "variables.allowed['sandbox.drydock.dev/pod.serviceAccountName']",
  );
  expect(policy.parameters).toHaveProperty(['sandbox.drydock.dev/pod.serviceAccountName']);
  const everything = JSON.stringify([policy.validations, policy.variables, policy.matchConditions]);
  expect(everything).not.toMatch(/nobody|busybox/);
});

test('a template that names nodes and taints has them in its policy', () => {
  const policy = policyOf({
    nodeSelector: { 'topology.kubernetes.io/zone': install.zone },
    tolerations: [{ key: 'sandbox', operator: 'Equal', value: install.zone, effect: 'NoSchedule' }],
  });
  expect(expressionFor('spec.nodeSelector.topology.kubernetes.io/zone', policy)).toMatch(
    /variables\.allowed\['sandbox\.drydock\.dev\/[0-9a-f]{16}'\]/,
  );
  const tolerations = expressionFor('spec.tolerations', policy);
  for (const key of ['key', 'operator', 'value', 'effect']) {
    expect(tolerations).toContain(
      `'${key}': variables.allowed['sandbox.drydock.dev/pod.tolerations.0.${key}']`,
    );
  }
});

test('the policy is the same whether a field is a value of the installation, a constant, or left out', () => {
  const { validations } = policyOf({
    runtimeClassName: install.account,
    serviceAccountName: install.account,
  });
  expect(policyOf({ runtimeClassName: 'gvisor', serviceAccountName: 'me' }).validations).toEqual(validations);
  expect(policyOf({ runtimeClassName: undefined }).validations).toEqual(validations);
});

test('an apostrophe cannot end a text of CEL', () => {
  expect(celText("it's \\ mine")).toBe("'it\\'s \\\\ mine'");
});

test('a value of the run without a bound is refused when the program runs', () => {
  expect(() => policyOf({ serviceAccountName: sandboxRun.name })).toThrow(
    expect.objectContaining({
      code: 'RUN_VALUE_UNBOUNDED',
      where: expect.stringContaining('spec.template.spec.serviceAccountName'),
    }),
  );
});

test('every field that a run may choose has a rule of its own in the policy', () => {
  const policy = policyOf();
  const bounded = [
    'spec.activeDeadlineSeconds',
    'spec.containers[0].image',
    'spec.containers[0].command',
    'spec.containers[0].env',
    'spec.containers[0].resources.limits.cpu',
    'spec.containers[0].resources.limits.memory',
    'spec.containers[0].resources.limits.ephemeral-storage',
    'spec.containers[0].resources.requests.cpu',
    'spec.containers[0].resources.requests.memory',
    'spec.containers[0].resources.requests.ephemeral-storage',
    'metadata.labels',
  ];
  const without = bounded.filter((field) => !expressionFor(field, policy));
  expect(without).toEqual([]);
  // And the bounds that people set for it are what it compares with.
  const within = (name: string) => policy.parameters[`sandbox.drydock.dev/${name}`];
  expect([
    within('job.activeDeadlineSeconds.max'),
    within('pod.containers.0.resources.limits.cpu.max'),
    within('pod.containers.0.resources.limits.memory.max'),
    within('pod.containers.0.resources.limits.ephemeral-storage.max'),
  ]).toEqual(['60', '1', '1Gi', '1Gi']);
});

test('the same template gives the same policy', () => {
  expect(policyOf().validations).toEqual(policyOf().validations);
});
