import { fullChart } from '../manifests/full-service';
import { LawEngine } from './engine';
import { HelmLaw, type LawCase } from './helm-law';

describe.each(['helm-4', 'helm-3'] as const)('a stack that uses every construct, under %s', (version) => {
  let engine: LawEngine;
  let law: HelmLaw;
  beforeAll(async () => {
    engine = await LawEngine.start(version);
    law = await HelmLaw.of(fullChart(), engine);
  }, 600_000);
  afterAll(() => engine?.stop());

  const equal: readonly [string, LawCase][] = [
    ['defaults', { values: {} }],
    ['another tag, so another migration', { values: { tag: '2.0' } }],
    ['another configuration, so other pods', { values: { level: 'debug' } }],
    ['replicas instead of an autoscaler', { values: { autoscaling: false, replicas: 4 } }],
    ['one replica, so no disruption budget', { values: { autoscaling: false, replicas: 1 } }],
    [
      'an upgrade of another release',
      { values: {}, release: { name: 'prod', isUpgrade: true, revision: 3 } },
    ],
  ];
  test.each(equal)('means the same with %s', async (_, given) => {
    expect(await law.expect(given)).toBe('equal');
  });

  const refused: readonly [string, LawCase][] = [
    ['a node port out of range', { values: { nodePort: 80 } }],
    ['a release whose names would be too long', { values: {}, release: { name: 'r'.repeat(53) } }],
  ];
  test.each(refused)('is refused by both with %s', async (_, given) => {
    expect(await law.expect(given)).toBe('both refuse');
  });
});
