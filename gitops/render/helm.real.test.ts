import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tool } from '../../cluster/tools/tool';
import type { KubeObject } from '../../kube';
import type { HelmRender } from '../api/render';
import { GitopsError } from '../errors';
import type { Rendered } from './documents';
import { renderHelm } from './helm';
import { RENDER_LIMITS, type RenderLimits } from './run-program';

jest.setTimeout(600_000);

/** Charts of repositories that are not trusted, by the real helm: each refusal has a twin that is rendered. */

const before = process.env.PATH;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('helm-4'))}:${before}`;
});
afterAll(() => {
  process.env.PATH = before;
});

type Files = Readonly<Record<string, string | Buffer>>;
interface How extends Partial<RenderLimits> {
  readonly render?: HelmRender;
  readonly values?: readonly string[];
}

const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
const map = (data: string, name = 'a', more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}${more} }\ndata: { ${data} }\n`;

function rendered(files: Files, { render = {}, values = [], ...limits }: How = {}): Promise<Rendered> {
  const all = { 'Chart.yaml': chart, ...files };
  return renderHelm({
    ...{ render, values, name: 'my.app', namespace: 'there' },
    files: Object.entries(all).map(([path, content]) => ({ path, content: Buffer.from(content) })),
    limits: { ...RENDER_LIMITS, ...limits },
  });
}

const dataOf = ({ objects: [object] }: Rendered) =>
  (object as KubeObject & { readonly data?: unknown } & object)?.data;

async function refusal(files: Files, how: How = {}): Promise<GitopsError> {
  const error = await rendered(files, how).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitopsError) return error;
  throw error ?? new Error('rendered');
}

test('a chart is rendered with values of each kind, the last of which wins, and each object is told by its template', async () => {
  const template = map(
    'a: "{{ .Values.a }}", b: "{{ .Values.b }}", c: "{{ .Values.c }}", d: "{{ .Values.d }}"',
  );
  const files = {
    'values.yaml': 'a: chart\nb: chart\nc: chart\nd: chart\n',
    'values-production.yaml': 'b: file\nc: file\nd: file\n',
    'templates/a.yaml': template,
    'templates/deep/b.yaml': `${map('e: "{{ .Release.Name }} {{ .Release.Namespace }}"', 'b')}---\n${map('', 'c')}`,
    'templates/tests/t.yaml': map('', 't', ', annotations: { helm.sh/hook: test }'),
    'templates/hook.yaml': map('', 'h', ', annotations: { helm.sh/hook: pre-install }'),
    'crds/x.yaml': map('', 'crd'),
    'README.md': '---\nnothing',
  };
  const values = ['c: cluster\nd: cluster\n'];
  const all = await rendered(files, {
    values,
    render: { valueFiles: ['values-production.yaml'], values: { d: 'own' } },
  });
  const byName = Object.fromEntries(
    all.objects.map((one, at) => [one.metadata?.name, { ...one, from: all.from[at] }]),
  );
  expect(byName.a).toMatchObject({
    data: { a: 'chart', b: 'file', c: 'cluster', d: 'own' },
    from: 'templates/a.yaml',
  });
  expect(byName.b).toMatchObject({ data: { e: 'my-app there' }, from: 'templates/deep/b.yaml' });
  expect(Object.keys(byName).sort()).toEqual(['a', 'b', 'c', 'crd', 'h']);
  const named = await rendered(files, { render: { releaseName: 'shop' } });
  expect(JSON.stringify(named.objects)).toContain('shop there');
});

test('a dependency that is in `charts/` is part of it, and one that is not is told', async () => {
  const parent = `${chart}dependencies: [{ name: sub, version: 1.0.0, repository: "https://example.com" }]\n`;
  const sub = {
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/templates/a.yaml': map('x: "{{ .Values.x }}"', 'sub'),
  };
  const all = await rendered(
    { 'Chart.yaml': parent, ...sub },
    { render: { values: { sub: { x: 'given' } } } },
  );
  expect(dataOf(all)).toEqual({ x: 'given' });
  expect((await refusal({ 'Chart.yaml': parent })).message).toMatch(
    /missing in charts.*sub|sub.*missing in charts/,
  );
});

test('what is wrong is told with its template and line, and with what helm says, unless values of the cluster might be in it', async () => {
  const files = { 'templates/a.yaml': `${map('x: y')}x: {{ fail (printf "no %s" .Values.password) }}\n` };
  const open = await refusal(files, { render: { values: { password: 'open' } } });
  expect([open.code, open.where, open.found]).toEqual([
    ...[
      'RENDER_FAILED',
      expect.stringMatching(/^shop\/templates\/a\.yaml:5/),
      expect.stringContaining('no open'),
    ],
  ]);
  const secret = await refusal(files, { values: ['password: hunter2'] });
  expect([secret.where, secret.message.includes('hunter2')]).toEqual([open.where, false]);
  // The folder that it was rendered in says nothing to anybody.
  expect(open.message).not.toContain('drydock-render');
  const broken = await refusal({ 'templates/deep/b.yaml': `${map('x: y')}y: [\n` });
  expect(broken.message).toContain('templates/deep/b.yaml');
});

const ENDLESS = `{{- range $a := until 30000 }}{{ range $b := until 30000 }}{{ if eq $a $b -1 }}x{{ end }}{{ end }}{{ end }}\n`;

test.each<[what: string, files: Files, how: How, found: RegExp]>([
  [
    'a loop without an end',
    { 'templates/a.yaml': ENDLESS + map('') },
    { timeoutMs: 1_500 },
    /no end within 1.5 s/,
  ],
  [
    'more output than allowed',
    { 'templates/a.yaml': `${map('')}x: "{{ repeat 12000000 "x" }}"\n` },
    { outputBytes: 8 * 1024 * 1024 },
    /more than 8388608 bytes of output/,
  ],
  [
    '100 MB of output',
    { 'templates/a.yaml': `${map('')}x: "{{ repeat 100000000 "x" }}"\n` },
    {},
    /bytes of (memory|output) by helm/,
  ],
  [
    'more memory than allowed',
    { 'templates/a.yaml': `${map('')}x: {{ range until 2000000000 }}{{ end }}\n` },
    { timeoutMs: 20_000 },
    /bytes of memory by helm/,
  ],
  [
    'a template that includes itself',
    { 'templates/a.yaml': `{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}\n` },
    {},
    /what helm says: .*(nested|recurs|depth)/i,
  ],
  ['an archive that is none', { 'charts/x.tgz': 'none', 'templates/a.yaml': map('') }, {}, /what helm says/],
  [
    'an archive that grows',
    { 'charts/x.tgz': gzipSync(Buffer.alloc(400 * 1024 * 1024)), 'templates/a.yaml': map('') },
    {},
    /what helm says|bytes of memory/,
  ],
  [
    'a file of values that is not there',
    { 'templates/a.yaml': map('') },
    { render: { valueFiles: ['x.yaml'] } },
    /no file "x.yaml"/,
  ],
  ['no chart at all', { 'Chart.yaml': '' }, {}, /what helm says/],
])('%s is told within its bound', async (_what, files, how, found) => {
  const error = await refusal(files, how);
  expect([error.code, error.found]).toEqual(['RENDER_FAILED', expect.stringMatching(found)]);
  expect(
    dataOf(await rendered({ 'templates/a.yaml': map('x: twin') }, { timeoutMs: how.timeoutMs ?? 30_000 })),
  ).toEqual({ x: 'twin' });
});

test('a chart sees no file, no name, no cluster and no environment of this machine', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env.DRYDOCK_TEST_SECRET = 'hunter2';
  const data = [
    `files: "{{ .Files.Get "/etc/passwd" }}{{ .Files.Get "../values-0.yaml" }}{{ .Files.Get "/proc/self/environ" }}"`,
    'glob: "{{ range $path, $_ := .Files.Glob "**" }}{{ $path }} {{ end }}{{ range $path, $_ := .Files.Glob "../**" }}{{ $path }}{{ end }}"',
    'name: "{{ getHostByName "localhost" }}"',
    'lookup: "{{ lookup "v1" "Secret" "" "" | toJson | trimAll "{}" }}"',
  ];
  const files = { 'templates/a.yaml': map(data.join(', ')), 'own.txt': 'x' };
  expect(dataOf(await rendered(files, { values: ['secret: hunter2'] }))).toEqual({
    ...{ files: '', glob: 'own.txt ', name: '', lookup: '' },
  });
  const url = `http://127.0.0.1:${port}/values.yaml`;
  const remote = `${chart}dependencies: [{ name: sub, version: 1.0.0, repository: "http://127.0.0.1:${port}" }]\n`;
  await refusal({ 'Chart.yaml': remote, 'templates/a.yaml': map('') });
  await refusal({ 'templates/a.yaml': map('') }, { render: { valueFiles: [url] } });
  for (const word of ['env', 'expandenv'])
    expect(
      (await refusal({ 'templates/a.yaml': `x: {{ ${word} "DRYDOCK_TEST_SECRET" }}\n` })).found,
    ).toContain('not defined');
  delete process.env.DRYDOCK_TEST_SECRET;
  expect(asked).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

test('nothing of a rendering is left on this machine, and without helm what to do is said', async () => {
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('drydock-render-'));
  const beforehand = left();
  await rendered({ 'templates/a.yaml': map('') }, { values: ['a: hunter2'] });
  await refusal({ 'templates/a.yaml': ENDLESS }, { timeoutMs: 300, values: ['a: hunter2'] });
  expect(left()).toEqual(beforehand);
  const { PATH } = process.env;
  process.env.PATH = '/var/empty';
  const { code, message } = await refusal({ 'templates/a.yaml': map('') });
  process.env.PATH = PATH;
  expect([code, message.includes('Install helm')]).toEqual(['PROGRAM_MISSING', true]);
});
