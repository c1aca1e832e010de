import { parse } from 'yaml';
import { chart as chartFacts, HelmChart, type HelmChartProps } from '../tree';
import { Testing } from './testing';

function chartYamlOf(props: Partial<HelmChartProps>): string {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop', ...props });
  return Testing.helmChart(chart)['Chart.yaml'] as string;
}

test('says what a registry shows of a chart, in the order that people know', () => {
  const text = chartYamlOf({
    version: '1.2.3',
    appVersion: '4.5.6',
    home: 'https://example.com/shop',
    icon: 'https://example.com/shop.svg',
    sources: ['https://git.example.com/shop'],
    keywords: ['shop', 'yes'],
    maintainers: [{ name: 'Ada', email: 'ada@example.com' }],
    annotations: { category: 'Shops' },
    artifactHub: {
      license: 'Apache-2.0',
      prerelease: false,
      changes: [
        { kind: 'added', description: 'A "basket": it holds {{ things }}' },
        {
          kind: 'fixed',
          description: 'Two\nlines',
          links: [{ name: 'issue', url: 'https://example.com/1' }],
        },
      ],
      images: [{ name: 'shop', image: 'registry.example.com/shop:4.5.6' }],
    },
  });
  expect(text).toMatchInlineSnapshot(`
"apiVersion: v2
name: shop
description: "A shop"
type: application
version: "1.2.3"
appVersion: "4.5.6"
kubeVersion: ">=1.33.0-0"
home: "https://example.com/shop"
icon: "https://example.com/shop.svg"
sources:
  - "https://git.example.com/shop"
keywords:
  - shop
  - "yes"
maintainers:
  - name: Ada
    email: "ada@example.com"
annotations:
  artifacthub.io/license: Apache-2.0
  artifacthub.io/changes: |
    - kind: "added"
      description: "A \\"basket\\": it holds {{ things }}"
    - kind: "fixed"
      description: "Two\\nlines"
      links: [{"name":"issue","url":"https://example.com/1"}]
  artifacthub.io/images: |
    - name: "shop"
      image: "registry.example.com/shop:4.5.6"
  category: Shops
"
`);
  const { annotations } = parse(text) as { readonly annotations: Readonly<Record<string, string>> };
  expect(parse(annotations['artifacthub.io/changes'] as string)).toEqual([
    { kind: 'added', description: 'A "basket": it holds {{ things }}' },
    { kind: 'fixed', description: 'Two\nlines', links: [{ name: 'issue', url: 'https://example.com/1' }] },
  ]);
});

test('says which Kubernetes it is for without being told', () => {
  expect(parse(chartYamlOf({}))).toEqual({
    apiVersion: 'v2',
    name: 'shop',
    description: 'A shop',
    type: 'application',
    version: '0.1.0',
    appVersion: '0.1.0',
    kubeVersion: '>=1.33.0-0',
  });
  expect(parse(chartYamlOf({ kubeVersion: '>=1.30.0-0 <1.40.0 || ~1.41' })).kubeVersion).toBe(
    '>=1.30.0-0 <1.40.0 || ~1.41',
  );
});

test.each<[string, Partial<HelmChartProps>]>([
  ['kubeVersion', { kubeVersion: 'latest' }],
  ['home', { home: 'example.com' }],
  ['icon', { icon: './icon.svg' }],
  ['sources[0]', { sources: ['git@example.com:shop'] }],
  ['keywords[1]', { keywords: ['shop', ''] }],
  ['maintainers[0].name', { maintainers: [{ email: 'ada@example.com' }] as never }],
  ['maintainers[0].email', { maintainers: [{ name: 'Ada', email: 'Ada' }] }],
  ['annotations.a', { annotations: { a: 5 } as never }],
  ['artifactHub.licence', { artifactHub: { licence: 'MIT' } as never }],
  ['artifactHub.changes[0].kind', { artifactHub: { changes: [{ kind: 'new' as never, description: 'A' }] } }],
  ['artifactHub.images[0].image', { artifactHub: { images: [{ name: 'a', image: 'a' }] } }],
])('refuses a wrong %s, and says where', (where, props) => {
  expect(() => chartYamlOf(props)).toThrow(expect.objectContaining({ where: `shop ${where}` }));
});

test('what artifacthub.io is told is there only where it says something, and an annotation of the same name wins', () => {
  const annotationsOf = (props: Partial<HelmChartProps>) => parse(chartYamlOf(props)).annotations;
  const url = 'https://example.com/a';
  expect(
    annotationsOf({
      artifactHub: {
        category: 'database',
        prerelease: true,
        containsSecurityUpdates: true,
        links: [{ name: 'Help', url }],
      },
    }),
  ).toEqual({
    'artifacthub.io/category': 'database',
    'artifacthub.io/prerelease': 'true',
    'artifacthub.io/containsSecurityUpdates': 'true',
    'artifacthub.io/links': `- name: "Help"\n  url: "${url}"\n`,
  });
  expect(
    annotationsOf({ artifactHub: { prerelease: false, containsSecurityUpdates: false } }),
  ).toBeUndefined();
  expect(
    annotationsOf({
      artifactHub: { license: 'MIT' },
      annotations: { 'artifacthub.io/license': 'Apache-2.0' },
    }),
  ).toEqual({ 'artifacthub.io/license': 'Apache-2.0' });
});

test('a value of the chart is no text for Chart.yaml, which helm reads before there are values', () => {
  expect(() => chartYamlOf({ keywords: ['shop', `${chartFacts.name}`] })).toThrow(
    expect.objectContaining({
      code: 'PROP_INVALID',
      where: 'shop keywords',
      found: 'a value of the chart',
      expected: 'texts that are known when the program runs',
      remedy: expect.stringMatching(/^Write the text itself/),
    }),
  );
});

test.each([
  '>=1.30.0',
  '1.30',
  '1',
  '*',
  '1.x',
  'v1.30.0-0',
  '~1.30.2',
  '^1.30',
  '=1.30.0, <2',
  '>= 1.30 < 2 || 3',
  '1.30 - 1.33',
])('%s is a constraint of versions', (kubeVersion) => {
  expect(parse(chartYamlOf({ kubeVersion })).kubeVersion).toBe(kubeVersion);
});

test.each(['', 'latest', '>=', '1.2.3.4', '1..2', '>=1.30 ||', '|| 1', '1,,2', '>>1', '1 -'])(
  '%j is none',
  (kubeVersion) => {
    expect(() => chartYamlOf({ kubeVersion })).toThrow(
      expect.objectContaining({ code: 'PROP_INVALID', where: 'shop kubeVersion' }),
    );
  },
);
