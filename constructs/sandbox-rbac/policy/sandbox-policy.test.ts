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

function validationFor(field: string) {
  return policyOf().validations.find(({ message }) => message.startsWith(`${field}: `));
}

test('a rule for a field of the pod is for Jobs and pods alike, and says where it is in either', () => {
  expect(validationFor('spec.hostNetwork')).toBeUndefined();
  expect(validationFor('spec.restartPolicy')).toEqual({
    expression: "variables.isKept || (variables.pod.?restartPolicy == optional.of('Never'))",
    message: 'spec.restartPolicy: not as the sandbox template says',
    messageExpression:
      "variables.at + 'spec.restartPolicy: found ' + variables.pod.?restartPolicy.optMap(value, string(value)).orValue('nothing') + ', allowed: Never'",
    reason: 'Forbidden',
  });
});

test('a rule for a field of the Job has nothing to say of a pod', () => {
  expect(validationFor('spec.backoffLimit')).toMatchObject({
    expression: '!variables.isJob || variables.isKept || (variables.jobSpec.?backoffLimit == optional.of(0))',
    messageExpression:
      "'spec.backoffLimit: found ' + variables.jobSpec.?backoffLimit.optMap(value, string(value)).orValue('nothing') + ', allowed: 0'",
  });
});

test('a rule for keys names the one that is too many', () => {
  const ends = policyOf()
    .validations.filter(({ message }) => message.startsWith('spec: '))
    .map(({ messageExpression }) => messageExpression.replace(/!\(.*\)\)\.join/, '...).join'));
  expect(ends).toEqual([
    "'spec.' + variables.jobSpec.filter(key, ...).join(', ') + ': allowed: nothing, the template does not have it'",
    "variables.at + 'spec.' + variables.pod.filter(key, ...).join(', ') + ': allowed: nothing, the template does not have it'",
  ]);
});

test('annotations are looked at when they change, those of a pod when it is made, and what is closed at all times', () => {
  const starting = (start: string, message: string) =>
    policyOf().validations.filter(
      (one) => one.message.startsWith(message) && one.expression.startsWith(start),
    );
  const ofJob = '!variables.isJob || variables.hasOldAnnotations || (';
  const ofPod = 'variables.hasOldPodAnnotations || (';
  expect(starting(ofJob, 'metadata.annotations: ')).toHaveLength(1);
  expect(starting(ofPod, 'metadata.annotations: ')).toHaveLength(1);
  expect(
    policyOf().validations.filter(({ message }) => message.startsWith('metadata.annotations: ')),
  ).toHaveLength(2);
  expect(starting('!variables.isJob || (', 'metadata.finalizers: ')).toHaveLength(1);
  expect(starting('variables.meta', 'metadata.finalizers: ')).toHaveLength(1);
});

test('the labels of the template are each looked at, and those of a run only by their keys', () => {
  const paths = policyOf()
    .validations.map(({ message }) => message.split(':')[0]!)
    .filter((path) => path.startsWith('metadata.labels'));
  expect(paths.filter((path) => path === 'metadata.labels')).toHaveLength(2);
  expect(paths).toContain('metadata.labels.app.kubernetes.io/name');
  const images = install.images;
  const limits = { images, deadlineSeconds: 60, cpu: '1', memory: '1Gi', ephemeralStorage: '1Gi' };
  const chosen = (more: object) =>
    policyOf({ limits: { ...limits, ...more } }).parameters['sandbox.drydock.dev/labels.oneOf'];
  expect([chosen({}), chosen({ labels: ['build', 'task'] })]).toEqual(['', 'build,task']);
});

test('the queue is the one that the template says, and the same rules hold for a template without one', () => {
  const { validations, parameters } = policyOf();
  for (const queueName of ['batch', install.zone]) {
    const queued = policyOf({ queueName });
    expect(queued.validations).toEqual(validations);
    expect(queued.parameters).toHaveProperty(['sandbox.drydock.dev/queue']);
  }
  expect(parameters).toMatchObject({ 'sandbox.drydock.dev/queue': '' });
  expect(policyOf({ queueName: 'batch' }).parameters).toMatchObject({ 'sandbox.drydock.dev/queue': 'batch' });
  expect(validationFor('spec.suspend')?.expression).toContain(
    "variables.allowed['sandbox.drydock.dev/queue'] == ''",
  );
  expect(validationFor('metadata.labels.kueue.x-k8s.io/queue-name')?.expression).toContain(
    "(request.operation == 'CREATE' ? variables.allowed['sandbox.drydock.dev/queue']",
  );
});

test('what the queue writes may be in pods of a template with one, and in Jobs by who keeps it', () => {
  const { variables, validations } = policyOf();
  expect(variables.find(({ name }) => name === 'fromQueue')?.expression).toContain(
    "variables.allowed['sandbox.drydock.dev/queue'] != '' && (!variables.isJob || ",
  );
  const naming = (key: string) => validations.filter(({ expression }) => expression.includes(key));
  expect(naming("'kueue.x-k8s.io/podset'").map(({ expression }) => expression)).toEqual([
    expect.stringContaining("'kueue.x-k8s.io/cluster-queue-name'] && variables.fromQueue"),
  ]);
  // A message may not ask who has which right: the API server would say nothing of what it found.
  expect(JSON.stringify(validations.map(({ messageExpression }) => messageExpression))).not.toContain(
    'fromQueue',
  );
  for (const key of ['workload', 'stopping']) {
    expect(naming(`kueue.x-k8s.io/${key}'`).map(({ expression }) => expression)).toEqual([
      expect.stringContaining(`key == 'kueue.x-k8s.io/${key}' && variables.fromQueue`),
    ]);
  }
});

test('the template of the pod is no field of the Job, and has no rule as one', () => {
  expect(policyOf().validations.map(({ message }) => message.split(':')[0])).not.toContain('template');
  expect(expressionFor('spec.tolerations')).toContain(
    'variables.pod.?tolerations.orValue([]).all(entry, entry.?key',
  );
});

test('the same template gives the same policy', () => {
  expect(policyOf().validations).toEqual(policyOf().validations);
});
