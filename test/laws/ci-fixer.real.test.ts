import { CiFixerAdminChart, CiFixerChart } from '../../charts/ci-fixer';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { LawEngine } from './engine';
import { HelmLaw, type LawCase } from './helm-law';

const SECRET = { credentials: { existingSecret: 'mine' } };

/** Values that reach the template, so that its text and hash have to agree to the byte. */
const sandboxes: readonly [string, JsonObject][] = [
  ['defaults', {}],
  ['a runtime class', { runtimeClass: 'gvisor' }],
  ['a priority class', { priorityClass: 'low' }],
  ['both classes', { runtimeClass: 'gvisor', priorityClass: 'low' }],
  ['another namespace', { namespace: 'boxes', serviceAccount: 'nobody' }],
  ['many images', { images: ['a:1', 'registry.example.com/ci/*', `b@sha256:${'0'.repeat(64)}`] }],
  ['amounts', { cpu: '0.25', memory: '1G', workspaceSize: '100Mi', ephemeralStorage: '2Gi' }],
  ['a long deadline', { max: { deadlineSeconds: 604_800 } }],
  [
    'a deadline beyond what helm prints without an exponent',
    { max: { deadlineSeconds: 600_000, cpu: '16' } },
  ],
];

const refusedSandboxes: readonly [string, JsonObject][] = [
  ['no image', { images: [] }],
  ['an image without a tag', { images: ['busybox'] }],
  ['a star inside of a name', { images: ['registry.example.com/ci*'] }],
  ['an image with a quote', { images: ['a:1"'] }],
  ['two images in one text', { images: ['a:1,b:2'] }],
  ['a quote in a name', { namespace: 'a"b' }],
  ['no deadline', { max: { deadlineSeconds: 0 } }],
  ['an unknown value', { privileged: true }],
  ['a null', { runtimeClass: null }],
];

describe.each(['helm-4', 'helm-3'] as const)('under %s', (version) => {
  let engine: LawEngine;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
  }, 600_000);

  afterAll(() => engine?.stop());

  describe('ci-fixer-admin', () => {
    let law: HelmLaw;
    beforeAll(async () => {
      law = await HelmLaw.of(new CiFixerAdminChart(Testing.app()), engine);
    });

    const cases: readonly [string, LawCase][] = [
      ...sandboxes.map(([title, sandbox]): [string, LawCase] => [title, { values: { sandbox } }]),
      ['DNS and internet', { values: { network: { dns: true, internet: true } } }],
      ['another release and namespace', { values: {}, release: { name: 'second', namespace: 'ops' } }],
      ['another app', { values: { app: { namespace: 'ci', serviceAccount: 'fixer' }, role: 'boxes' } }],
      ['a large quota', { values: { quota: { sandboxes: 10_000, jobs: 20_000, cpu: '1000' } } }],
    ];
    test.each(cases)('means the same with %s', async (_, given) => {
      expect(await law.expect(given)).toBe('equal');
    });

    const refused: readonly [string, LawCase][] = [
      ...refusedSandboxes.map(([title, sandbox]): [string, LawCase] => [title, { values: { sandbox } }]),
      ['a release in the sandbox namespace', { values: {}, release: { namespace: 'ci-fixer-sandboxes' } }],
      ['fewer Jobs than sandboxes', { values: { quota: { sandboxes: 201 } } }],
      ['an app in the sandbox namespace', { values: { app: { namespace: 'ci-fixer-sandboxes' } } }],
    ];
    test.each(refused)('is refused by both with %s', async (_, given) => {
      expect(await law.expect(given)).toBe('both refuse');
    });
  });

  describe('ci-fixer', () => {
    let law: HelmLaw;
    beforeAll(async () => {
      law = await HelmLaw.of(new CiFixerChart(Testing.app()), engine);
    });

    const cases: readonly [string, LawCase][] = [
      ...sandboxes.map(([title, sandbox]): [string, LawCase] => [title, { values: { ...SECRET, sandbox } }]),
      ['secrets given', { values: { credentials: { LLM_API_KEY: 'a"b', TENANTS: '{{ x }}' } } }],
      [
        'another release, whose account is said',
        {
          values: { ...SECRET, app: { serviceAccount: 'second-ci-fixer-app' } },
          release: { name: 'second', namespace: 'ci' },
        },
      ],
      [
        'another release under the usual name',
        { values: { ...SECRET, fullnameOverride: 'ci-fixer' }, release: { name: 'second', namespace: 'ci' } },
      ],
      ['runs kept in a claim', { values: { ...SECRET, state: { claim: 'runs' } } }],
      ['replicas and an image', { values: { ...SECRET, replicas: 3, image: { tag: '1e3' } } }],
    ];
    test.each(cases)('means the same with %s', async (_, given) => {
      expect(await law.expect(given)).toBe('equal');
    });

    const refused: readonly [string, LawCase][] = [
      ...refusedSandboxes.map(([title, sandbox]): [string, LawCase] => [
        title,
        { values: { ...SECRET, sandbox } },
      ]),
      ['no secret', { values: {} }],
      ['another release, whose account is not said', { values: SECRET, release: { name: 'second' } }],
      ['half of a secret', { values: { credentials: { TENANTS: 'x' } } }],
      [
        'a release in the sandbox namespace',
        { values: SECRET, release: { namespace: 'ci-fixer-sandboxes' } },
      ],
    ];
    test.each(refused)('is refused by both with %s', async (_, given) => {
      expect(await law.expect(given)).toBe('both refuse');
    });
  });
});
