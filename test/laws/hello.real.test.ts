import { HelloChart } from '../../charts';
import { App } from '../../core/synth';
import { LawEngine } from './engine';
import { HelmLaw, type LawCase } from './helm-law';

describe.each(['helm-4', 'helm-3'] as const)('the hello chart under %s', (version) => {
  let engine: LawEngine;
  let law: HelmLaw;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
    law = await HelmLaw.of(new HelloChart(new App({ outdir: 'unused' })), engine);
  }, 600_000);

  afterAll(() => engine?.stop());

  const equal: readonly [string, LawCase][] = [
    ['defaults', { values: {} }],
    ['one replica', { values: { replicas: 1 } }],
    ['a numeric-looking tag', { values: { image: { tag: '1e3' } } }],
    ['an octal-looking tag', { values: { image: { tag: '0777' } } }],
    ['the ingress', { values: { ingress: { enabled: true } } }],
    ['a release that holds the chart name', { values: {}, release: { name: 'my-hello' } }],
    ['a release of another name', { values: {}, release: { name: 'prod' } }],
    ['a numeric release name', { values: {}, release: { name: '123' } }],
    ['nameOverride', { values: { nameOverride: 'hi' }, release: { name: 'prod' } }],
    ['fullnameOverride', { values: { fullnameOverride: 'just-this' } }],
    ['a release of 53 characters', { values: {}, release: { name: 'r'.repeat(53) } }],
  ];
  test.each(equal)('means the same with %s', async (_, given) => {
    expect(await law.expect(given)).toBe('equal');
  });

  const refused: readonly [string, LawCase][] = [
    ['too many replicas', { values: { replicas: 1001 } }],
    ['half a replica', { values: { replicas: 1.5 } }],
    ['replicas as text', { values: { replicas: '2' } }],
    ['a tag with a space', { values: { image: { tag: 'a b' } } }],
    ['a numeric tag', { values: { image: { tag: 1 } } }],
    ['an unknown value', { values: { replica: 2 } }],
    ['a null', { values: { replicas: null } }],
    ['a text for a group', { values: { image: 'hello:1' } }],
  ];
  test.each(refused)('is refused by both with %s', async (_, given) => {
    expect(await law.expect(given)).toBe('both refuse');
  });
});
