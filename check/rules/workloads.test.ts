import { check } from '../check';
import type { RuleId } from '../finding';

type Fields = Readonly<Record<string, unknown>>;

/** What a rule finds in a pod of one container. */
function found(rule: RuleId, container: Fields, spec: Fields = {}) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'app:1', ...container }], ...spec },
  };
  return check([pod], { level: 'privileged' })
    .filter((finding) => finding.rule === rule)
    .map(({ field }) => field);
}

describe('a probe of a port by its name', () => {
  const ports = [
    { name: 'http', containerPort: 80 },
    { name: 'admin', containerPort: 81 },
  ];

  test.each([
    ['livenessProbe', 'httpGet'],
    ['readinessProbe', 'tcpSocket'],
    ['startupProbe', 'httpGet'],
  ])('a %s by %s needs one of its own container', (probe, kind) => {
    const at = (port: string | number) => ({ ports, [probe]: { periodSeconds: 5, [kind]: { port } } });
    expect(found('probe-port', at('web'))).toEqual([`spec.containers[0].${probe}.${kind}.port`]);
    expect(found('probe-port', at('admin'))).toEqual([]);
    expect(found('probe-port', at(9999))).toEqual([]);
  });

  test('fails where the container names no port at all', () => {
    expect(found('probe-port', { readinessProbe: { httpGet: { port: 'http' } } })).toHaveLength(1);
  });

  test('is not asked of a probe that runs a program', () => {
    expect(found('probe-port', { readinessProbe: { exec: { command: ['true'] } } })).toEqual([]);
  });
});

test('a variable is a duplicate at each place but its first', () => {
  const env = ['A', 'B', 'A', 'A'].map((name) => ({ name, value: 'x' }));
  expect(found('duplicate-env', { env })).toEqual(['spec.containers[0].env[2]', 'spec.containers[0].env[3]']);
});

test('a variable in two containers is none', () => {
  const env = [{ name: 'A', value: 'x' }];
  const initContainers = [{ name: 'first', image: 'first:1', env }];
  expect(found('duplicate-env', { env }, { initContainers })).toEqual([]);
});

const asEnv = (name: string, value?: string) => ({
  env: [
    { name: 'LEVEL', value: 'info' },
    { name, value },
  ],
});

test.each([
  ['PASSWORD', 'hunter2'],
  ['DB_PASSWD', 'hunter2'],
  ['GPG_PASSPHRASE', 'hunter2'],
  ['CLIENT_SECRET', 'hunter2'],
  ['session_secret', 'hunter2'],
  ['GITHUB_TOKEN', 'hunter2'],
  ['API_KEY', 'hunter2'],
  ['APIKEY', 'hunter2'],
  ['AWS_SECRET_ACCESS_KEY', 'hunter2'],
  ['TLS_PRIVATE_KEY', 'hunter2'],
  ['CREDENTIALS', 'hunter2'],
  ['CREDENTIAL', 'hunter2'],
  ['TOKEN_V2', 'hunter2'],
  ['DATABASE', 'postgres://app:hunter2@db/shop'],
  ['QUEUE', 'amqp+ssl://:hunter2@queue'],
  ['PASSWORD', 'x$(OTHER)'],
])('%s=%s is a secret in plain sight', (name, value) => {
  expect(found('secret-in-env', asEnv(name, value))).toEqual(['spec.containers[0].env[1].value']);
});

test.each([
  ['PASSWORD', ''],
  ['PASSWORD', undefined],
  ['PASSWORD', '$(FROM_SECRET)'],
  ['PASSWORD', '$(ONE)$(TWO)'],
  ['SECRET', 'true'],
  ['TOKEN', 'off'],
  ['TOKEN_TTL', '3600'],
  ['PASSWORD_MIN_LENGTH', '12'],
  ['SECRET_NAME', 'shop'],
  ['TOKEN_URL', 'https://example.com/token'],
  ['API_KEY_FILE', '/run/key'],
  ['TOKENIZER', 'simple'],
  ['MONKEY', 'banana'],
  ['DATABASE', 'postgres://app:$(PASSWORD)@db/shop'],
  ['DATABASE', 'postgres://app@db:5432/shop'],
  ['DATABASE', 'postgres://db/shop'],
  ['PASSWORD', 'postgres://app:$(DB_PASSWORD)@db/shop'],
])('%s=%s is none', (name, value) => {
  expect(found('secret-in-env', asEnv(name, value))).toEqual([]);
});

const DIGEST = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

test.each(['app', 'app:latest', 'example.com/app:latest', 'example.com:5000/app', 'example.com:5000/a/b'])(
  'the image %s moves',
  (image) => {
    expect(found('latest-tag', { image })).toEqual(['spec.containers[0].image']);
  },
);

test.each(['app:1', 'example.com:5000/app:v2', 'app:latest-1', `app@${DIGEST}`, `app:latest@${DIGEST}`])(
  'the image %s does not',
  (image) => {
    expect(found('latest-tag', { image })).toEqual([]);
  },
);

test('each limit of zero is told, and no request of zero', () => {
  const resources = {
    requests: { cpu: 0 },
    limits: { cpu: '0', memory: '64Mi', 'ephemeral-storage': '0Gi' },
  };
  expect(found('zero-limit', { resources })).toEqual([
    'spec.containers[0].resources.limits.cpu',
    'spec.containers[0].resources.limits.ephemeral-storage',
  ]);
  expect(found('zero-limit', { resources: { requests: { cpu: 0 } } })).toEqual([]);
  expect(found('zero-limit', { resources: { limits: {} } })).toEqual([]);
});

describe('a hook before the end', () => {
  const sleeping = (...command: string[]) => ({ lifecycle: { preStop: { exec: { command } } } });
  const grace = (terminationGracePeriodSeconds: number) => ({ terminationGracePeriodSeconds });
  const field = ['spec.containers[0].lifecycle.preStop'];

  test.each<[string, Fields, Fields, readonly string[]]>([
    ['that sleeps 30 of the usual 30 s', sleeping('sleep', '30'), {}, field],
    ['that sleeps 29 of them', sleeping('sleep', '29'), {}, []],
    ['that sleeps 60 s of 60', sleeping('sh', '-c', 'nginx -s quit; sleep 60'), grace(60), field],
    ['that sleeps 30 s of 60', sleeping('sh', '-c', 'sleep 30 && nginx -s quit'), grace(60), []],
    ['that sleeps 60s, said with a unit', sleeping('/bin/sleep', '60s'), {}, field],
    ['that sleeps 30.5 s', sleeping('sh', '-c', 'sleep 30.5;true'), {}, field],
    [
      'that sleeps 60 s of 60 before it quits',
      sleeping('sh', '-c', 'sleep  60 && nginx -s quit'),
      grace(60),
      field,
    ],
    ['that names a sleep in another word', sleeping('sh', '-c', 'nosleep 60'), {}, []],
    ['that says sleep of no number', sleeping('sh', '-c', 'sleep $TIME'), {}, []],
    ['that does something else', sleeping('nginx', '-s', 'quit'), {}, []],
    ['that calls an address', { lifecycle: { preStop: { httpGet: { port: 80 } } } }, {}, []],
    ['that sleeps by itself', { lifecycle: { preStop: { sleep: { seconds: 30 } } } }, {}, field],
    ['that is run at the start', { lifecycle: { postStart: { sleep: { seconds: 90 } } } }, {}, []],
  ])('%s', (_, container, spec, fields) => {
    expect(found('no-time-to-end', container, spec)).toEqual(fields);
  });
});

test('a finding of a pod says its level, its times and its namespace in words', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace: 'shop' },
    spec: {
      hostPID: true,
      containers: [
        {
          name: 'app',
          image: 'app',
          env: [
            { name: 'TOKEN', value: 'hunter2' },
            { name: 'TOKEN', value: 'hunter3' },
          ],
          resources: { limits: { cpu: 0 } },
          livenessProbe: { httpGet: { port: 'web' } },
          lifecycle: { preStop: { sleep: { seconds: 40 } } },
        },
      ],
    },
  };
  const findings = check([pod], { level: 'baseline' });
  const about = { object: 'Pod/one', namespace: 'shop' };
  expect(findings).toHaveLength(8);
  for (const finding of findings) {
    expect(finding).toMatchObject({ ...about, fix: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(JSON.stringify(finding)).not.toContain('hunter');
  }
  expect(new Map(findings.map(({ rule, why }) => [rule, why]))).toEqual(
    new Map([
      [
        'pod-security',
        expect.stringContaining('enforces Pod Security "baseline" refuses the pod (hostNamespaces)'),
      ],
      ['probe-port', expect.stringContaining('no port of the name web')],
      ['duplicate-env', expect.stringContaining('TOKEN is there twice')],
      ['secret-in-env', expect.stringContaining('TOKEN looks like a secret')],
      ['latest-tag', expect.stringContaining('"app"')],
      ['zero-limit', expect.stringContaining('no limit')],
      ['no-time-to-end', expect.stringContaining('sleeps 40 s of the 30 s')],
    ]),
  );
});
