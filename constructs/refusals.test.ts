import { App, Testing } from '../core/synth';
import { HelmChart } from '../core/tree';
import { defineValues, value } from '../core/values';
import { ConfigBundle, HelmTest, Migration, Peer, SecureService } from '.';

/** What each construct refuses, beside its twin that it takes. SecureService has a table of its own. */

const values = defineValues({
  image: value.image({ default: 'app:1', doc: 'd' }),
  word: value.string({ default: 'go', doc: 'd' }),
  seconds: value.integer({ default: 60, min: 0, max: 90, doc: 'd' }),
  database: value.secret({ doc: 'd', keys: { url: 'd' } }),
});

function chart(): HelmChart {
  return new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
}

type Row = readonly [prop: string, code: string, wrong: unknown, right: unknown];

const program = { image: 'app:1', command: ['go'] };

const ONE_SHOT: readonly Row[] = [
  ['image', 'PROP_MISSING', undefined, 'app:1'],
  ['image', 'IMAGE_UNPINNED', 'app', 'app:1'],
  ['image', 'IMAGE_UNPINNED', 'app:latest', values.image],
  ['image', 'PROP_INVALID', '', `app@sha256:${'0'.repeat(64)}`],
  ['command', 'PROP_MISSING', undefined, ['go']],
  ['command', 'PROP_INVALID', [], ['go', '']],
  ['command', 'PROP_INVALID', 'go', [values.word]],
  ['command', 'PROP_INVALID', null, ['go']],
  ['command[1]', 'PROP_INVALID', ['go', 5], ['go', '5']],
  ['command[0].variables', 'PROP_UNKNOWN', [{ variables: '$(A)' }], [{ withVariables: '$(A)' }]],
  ['command[0]', 'PROP_INVALID', [null], ['null']],
  ['env.A', 'PROP_INVALID', { A: Number.NaN }, { A: 5 }],
  ['env.A', 'PROP_INVALID', { A: null }, { A: '' }],
  ['env.A', 'PROP_INVALID', { A: {} }, { A: { secretName: 's', key: 'k' } }],
  ['env', 'PROP_INVALID', ['A'], { A: values.word }],
  ['resources', 'PROP_INVALID', null, 'small'],
  ['resources', 'PROP_INVALID', 'tiny', { cpu: '100m', memory: '64Mi' }],
  ['writable[0]', 'PROP_INVALID', ['tmp'], ['/tmp']],
  ['dns', 'PROP_INVALID', true, false],
  ['dns.ports[0]', 'PORT_RANGE', { ports: [0] }, { ports: [5353] }],
  [
    'dns.nodeRanges[0]',
    'PROP_INVALID',
    { nodeRanges: ['169.254.20.10'] },
    { nodeRanges: ['169.254.20.10/32'] },
  ],
  ['dns.namespaces', 'PROP_UNKNOWN', { namespaces: 'a' }, { namespace: 'a' }],
  ['allowTo[0].who[0].ipBlock.cidr', 'PROP_INVALID', [Peer.cidr('10.0.0.0/99')], [Peer.cidr('10.0.0.0/9')]],
  ['allowTo[0].who[1].ipBlock.cidr', 'PROP_INVALID', [Peer.cidrs(['::/0', '::'])], [Peer.cidrs(['::/0'])]],
  [
    'allowTo[0].ports[0].port',
    'PORT_RANGE',
    [Peer.anybody({ port: 99_999 })],
    [Peer.anybody({ port: 9_999 })],
  ],
  [
    'allowTo[0].who[0].podSelector.matchLabels.a',
    'LABEL_INVALID',
    [Peer.pods({ a: 'b c' })],
    [Peer.pods({ a: 'bc' })],
  ],
  ['serviceAccount', 'PROP_INVALID', 'migrate', { name: 'migrate' }],
  ['serviceAccount.name', 'NAME_INVALID', { name: 'My_Account' }, { name: 'my.account' }],
  ['serviceAccount.annotations', 'PROP_INVALID', { name: 'a', annotations: {} }, { annotations: { a: 'b' } }],
  [
    'serviceAccount.annotations',
    'PROP_INVALID',
    { name: 'a', annotations: { a: 'b' } },
    { name: 'a', token: true },
  ],
  ['serviceAccount.mount', 'PROP_UNKNOWN', { mount: true }, { token: true }],
  ['allowApiServer.ports[0]', 'PORT_RANGE', { ports: [0] }, { ports: [6443] }],
  ['activeDeadlineSeconds', 'PROP_INVALID', 0, 1],
  ['activeDeadlineSeconds', 'PROP_INVALID', '60', values.seconds],
  ['alowTo', 'PROP_UNKNOWN', [], undefined],
];

const MIGRATION: readonly Row[] = [
  ['backoffLimit', 'PROP_INVALID', -1, 0],
  ['backoffLimit', 'PROP_INVALID', 1.5, 1],
  ['ttlSecondsAfterFinished', 'PROP_INVALID', Infinity, 0],
  ['annotations.wave', 'PROP_INVALID', { wave: 5 }, { wave: '5' }],
  ['hooks', 'PROP_UNKNOWN', ['pre-upgrade'], undefined],
];

const BIG = 'x'.repeat(1024 * 1024 - 1);

const BUNDLE: readonly Row[] = [
  ['config', 'PROP_INVALID', null, {}],
  ['config', 'PROP_INVALID', ['A'], { A: 'x' }],
  ['config.A', 'PROP_INVALID', { A: null }, { A: '' }],
  ['config.A', 'PROP_INVALID', { A: 5 }, { A: '5' }],
  ['config.A', 'PROP_INVALID', { A: { a: 1 } }, { A: values.word }],
  ['config.a b', 'PROP_INVALID', { 'a b': 'x' }, { 'a.b': 'x' }],
  ['config', 'PROP_INVALID', { A: `${BIG}yz` }, { A: BIG }],
  ['secrets.A', 'PROP_INVALID', { A: 'text' }, { A: { secretName: 's', key: 'k' } }],
  ['secrets.A', 'PROP_INVALID', { A: null }, { A: values.database.key('url') }],
  ['secrets.A.key', 'PROP_MISSING', { A: { secretName: 's' } }, { A: { secretName: 's', key: 'tls.crt' } }],
  [
    'secrets.A.secretName',
    'NAME_INVALID',
    { A: { secretName: 'S', key: 'k' } },
    { A: { secretName: 's', key: 'k' } },
  ],
  ['labels.a', 'LABEL_INVALID', { a: 'b c' }, { a: 'bc' }],
  ['secret', 'PROP_UNKNOWN', {}, undefined],
];

const makers: Readonly<Record<string, (props: object) => unknown>> = {
  Migration: (props) => new Migration(chart(), 'one', { ...program, ...props } as never),
  HelmTest: (props) => new HelmTest(chart(), 'one', { ...program, ...props } as never),
  ConfigBundle: (props) => new ConfigBundle(chart(), 'one', props),
};

const rows = [
  ...ONE_SHOT.flatMap((row) => [['Migration', ...row] as const, ['HelmTest', ...row] as const]),
  ...MIGRATION.map((row) => ['Migration', ...row] as const),
  ...BUNDLE.map((row) => ['ConfigBundle', ...row] as const),
];

test.each(rows)('%s refuses %s (%s): %p', (kind, place, code, wrong, right) => {
  const [name = ''] = place.split(/[.[]/);
  const make = makers[kind] as (props: object) => unknown;
  expect(() => make({ [name]: wrong })).toThrow(
    expect.objectContaining({ code, where: `shop/one ${place}` }),
  );
  if (right !== undefined) expect(() => make({ [name]: right })).not.toThrow();
});

test.each(Object.entries(makers))('%s names the prop that was most likely meant', (kind, make) => {
  const [wrong, right] = kind === 'ConfigBundle' ? ['confg', 'config'] : ['comand', 'command'];
  expect(() => make({ [wrong]: {} })).toThrow(new RegExp(`Did you mean ${right}`));
});

test.each(Object.entries(makers))('%s refuses props that are no object, without a TypeError', (kind) => {
  const Kind = { Migration, HelmTest, ConfigBundle }[kind] as unknown as new (...args: unknown[]) => unknown;
  for (const props of [undefined, null, 5, 'text', []])
    expect(() => new Kind(chart(), 'one', props)).toThrow(
      expect.objectContaining({ where: 'shop/one props' }),
    );
});

test('no error of a bundle shows what is in it', () => {
  const make = makers.ConfigBundle as (props: object) => unknown;
  for (const wrong of [{ A: { password: 'hunter2' } }, { A: ['hunter2'] }, { 'a b': 'hunter2' }])
    expect(() => make({ config: wrong })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
});

test('what only the installation knows is asserted there', () => {
  const shop = chart();
  new Migration(shop, 'one', { ...program, activeDeadlineSeconds: values.seconds });
  const with_ = (seconds: number) => () => Testing.synth(shop, { values: { seconds } });
  expect(with_(0)).toThrow(/activeDeadlineSeconds/);
  expect(with_(1)).not.toThrow();
});

test('a service refuses a Peer that no policy can name', () => {
  const service = (range: string) =>
    new SecureService(chart(), 'api', {
      image: 'a:1',
      port: 80,
      resources: 'small',
      allowFrom: [Peer.cidr(range)],
    });
  expect(() => service('10.0.0.0/99')).toThrow(
    expect.objectContaining({ where: 'shop/api allowFrom[0].who[0].ipBlock.cidr' }),
  );
  expect(() => service('10.0.0.0/8')).not.toThrow();
});
