import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import type { KubeObject } from '../../kube';
import { GitopsError } from '../errors';
import type { Rendered } from './documents';
import { renderKustomize } from './kustomize';
import { RENDER_LIMITS } from './run-program';

jest.setTimeout(600_000);

/** Kustomizations of repositories that are not trusted, by the real kustomize: each refusal has a twin that is rendered. */

const before = process.env.PATH;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end('{}');
});
let address: string;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('kubectl'))}:${before}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  process.env.PATH = before;
  await new Promise((resolve) => server.close(resolve));
});

type Files = Readonly<Record<string, string>>;
const map = (name: string, x = 'base') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;

function rendered(files: Files, path?: string, limits = {}): Promise<Rendered> {
  return renderKustomize({
    render: path === undefined ? {} : { path },
    files: Object.entries(files).map(([name, content]) => ({ path: name, content: Buffer.from(content) })),
    limits: { ...RENDER_LIMITS, ...limits },
  });
}

const dataOf = ({ objects }: Rendered) =>
  Object.fromEntries(
    objects.map((object) => [
      object.metadata?.name?.replace(/-[a-z0-9]{10}$/, ''),
      (object as KubeObject & { readonly data?: unknown }).data,
    ]),
  );

async function refusal(files: Files, path?: string, limits = {}): Promise<GitopsError> {
  const error = await rendered(files, path, limits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitopsError) return error;
  throw error ?? new Error('rendered');
}

test('an overlay is rendered with its bases, components, patches and generators of files', async () => {
  const files = {
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml': map('a'),
    'part/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: p-\n',
    'overlays/one/kustomization.yaml': [
      'resources: [../../base/, b.yaml]',
      'components: [../../part]',
      'commonAnnotations: { docs: "https://example.com/x" }',
      'patches: [{ path: patch.yaml }, { target: { kind: ConfigMap, name: b }, patch: "- { op: add, path: /data/y, value: \\"https://example.com\\" }" }]',
      'configMapGenerator: [{ name: c, files: [own=c.txt], literals: ["url=https://example.com"] }]',
    ].join('\n'),
    'overlays/one/b.yaml': map('b'),
    'overlays/one/patch.yaml': map('a', 'patched'),
    'overlays/one/c.txt': 'text',
    // Of what is not led to, nothing is asked.
    'other/kustomization.yaml': `resources: ["${'https://example.com/'}x"]\n`,
  };
  expect(dataOf(await rendered(files, 'overlays/one'))).toEqual({
    'p-a': { x: 'patched' },
    'p-b': { x: 'base', y: 'https://example.com' },
    'p-c': { own: 'text', url: 'https://example.com' },
  });
  expect(dataOf(await rendered({ 'kustomization.yml': 'resources: [a.yaml]', 'a.yaml': map('a') }))).toEqual({
    a: { x: 'base' },
  });
});

const withEntry = (entry: string, more: Files = {}): Files => ({
  'kustomization.yaml': `resources: [a.yaml]\n${entry}\n`,
  'a.yaml': map('a'),
  ...more,
});
const there = () => address;

test.each<[what: string, files: () => Files, found: RegExp, twin: Files]>([
  [
    'a base over http',
    () => ({ 'kustomization.yaml': `resources: ["${there()}/x.yaml"]` }),
    /which is not in the folder/,
    withEntry(''),
  ],
  [
    'a base in a repository',
    () => ({ 'kustomization.yaml': 'resources: ["github.com/example/x//base?ref=v1"]' }),
    /github\.com.*which is not in the folder/,
    withEntry(''),
  ],
  [
    'a repository by ssh',
    () => ({ 'kustomization.yaml': 'components: ["git@example.com:x/y.git"]' }),
    /which is not in the folder/,
    withEntry(''),
  ],
  [
    'a base of a base over http',
    () => ({ 'kustomization.yaml': 'resources: [b]', 'b/kustomization.yaml': `bases: ["${there()}/b"]` }),
    /which is not in the folder/,
    {
      'kustomization.yaml': 'resources: [b]',
      'b/kustomization.yaml': 'resources: [a.yaml]',
      'b/a.yaml': map('a'),
    },
  ],
  [
    'a patch over http',
    () => withEntry(`patches: [{ path: "${there()}/p.yaml" }]`),
    /which is not in the folder/,
    withEntry('patches: [{ path: p.yaml }]', { 'p.yaml': map('a', 'patched') }),
  ],
  [
    'a file of a generator over http',
    () => withEntry(`configMapGenerator: [{ name: b, files: ["x=${there()}/f"] }]`),
    /which is not in the folder/,
    withEntry('configMapGenerator: [{ name: b, files: [x=f] }]', { f: 'x' }),
  ],
  [
    'an address that an alias names',
    () => withEntry(`commonAnnotations: { a: &a "${there()}/f" }\ncrds: [*a]`),
    /which is not in the folder/,
    withEntry('commonAnnotations: { a: &a "b" }\nnamePrefix: *a'),
  ],
  [
    'a file outside',
    () => withEntry('configMapGenerator: [{ name: b, files: [x=../../../../../../etc/passwd] }]'),
    /what kustomize says: .*security|not in or below/,
    withEntry('configMapGenerator: [{ name: b, files: [x=./f] }]', { f: 'x' }),
  ],
  [
    'an absolute file',
    () => withEntry('configMapGenerator: [{ name: b, files: [/etc/passwd] }]'),
    /which is not in the folder/,
    withEntry('configMapGenerator: [{ name: b, files: [f] }]', { f: 'x' }),
  ],
  [
    'a program as generator',
    () =>
      withEntry('generators: [g.yaml]', {
        'g.yaml':
          'apiVersion: v1\nkind: X\nmetadata: { name: x, annotations: { config.kubernetes.io/function: "exec: { path: ./x.sh }" } }\n',
        'x.sh': '#!/bin/sh\ntouch /tmp/drydock-owned\n',
      }),
    /`generators`/,
    withEntry('generatorOptions: { disableNameSuffixHash: true }'),
  ],
  [
    'a chart',
    () => withEntry('helmCharts: [{ name: x, repo: "https://example.com" }]'),
    /`helmCharts`/,
    withEntry(''),
  ],
  [
    'a circle',
    () => ({ 'kustomization.yaml': 'resources: [b]', 'b/kustomization.yaml': 'resources: [..]' }),
    /what kustomize says/,
    {
      'kustomization.yaml': 'resources: [b]',
      'b/kustomization.yaml': 'resources: [a.yaml]',
      'b/a.yaml': map('a'),
    },
  ],
  ['no kustomization', () => ({ 'a.yaml': map('a') }), /no kustomization\.yaml/, withEntry('')],
  [
    'a field that there is not',
    () => withEntry('nonsense: 1'),
    /what kustomize says: .*nonsense/,
    withEntry('namePrefix: x-'),
  ],
  [
    'a base that is missing',
    () => ({ 'kustomization.yaml': 'resources: [../base]' }),
    /"\.\.\/base", which is not in the folder/,
    withEntry(''),
  ],
])('%s is refused, and nothing is asked', async (_what, files, found, twin) => {
  const error = await refusal(files());
  expect([error.code, error.found]).toEqual(['RENDER_FAILED', expect.stringMatching(found)]);
  expect(error.message).not.toContain('drydock-render');
  expect(asked).toEqual([]);
  expect((await rendered(twin)).objects.length).toBeGreaterThan(0);
});

test('one that does not end in time is killed', async () => {
  const files = withEntry('');
  expect((await refusal(files, undefined, { timeoutMs: 1 })).found).toContain('no end within');
  expect((await refusal(files, undefined, { outputBytes: 10 })).found).toContain('more than 10 bytes');
  expect(dataOf(await rendered(files))).toEqual({ a: { x: 'base' } });
});
