import { type Cluster, sharedCluster, until } from '../../cluster';
import type { Application } from '../../gitops/api/application';
import type { ProgramRender } from '../../gitops/api/render';
import { GitopsError } from '../../gitops/errors';
import { onlyDryRuns } from '../../gitops/preview/only-dry-runs';
import { Previewer } from '../../gitops/preview/previewer';
import type { Rendered } from '../../gitops/render/documents';
import { type ProgramSandboxes, renderProgram } from '../../gitops/render/program';
import { RENDER_LIMITS, type RenderLimits } from '../../gitops/render/run-program';
import { ModelSource } from '../../gitops/testing-only/model-source';
import { Connection, type Stored } from '../../kube';
import { RuntimeInstallation } from '../sandbox-runtime/runtime';
import { bringImages } from '../workloads/images';
import { programImage } from './program-image';

jest.setTimeout(600_000);

/** Programs of repositories that are not trusted, in real sandboxes: what they are for, and what they try besides. */

let cluster: Cluster;
let installation: RuntimeInstallation;
let image: string;
let sandboxes: ProgramSandboxes;
beforeAll(async () => {
  cluster = await sharedCluster();
  image = await programImage();
  await bringImages(cluster, [image]);
  installation = await new RuntimeInstallation(cluster, {}, image).install();
  const { template, kubeconfig, sandboxNamespace } = installation;
  sandboxes = { template, kubeconfig, namespace: sandboxNamespace };
});
afterAll(async () => {
  await installation?.remove();
});

type Files = Readonly<Record<string, string>>;

function rendered(
  files: Files,
  render: Partial<ProgramRender> = {},
  limits: Partial<RenderLimits> = {},
): Promise<Rendered> {
  return renderProgram({
    render: { image, ...render },
    files: Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
    limits: { ...RENDER_LIMITS, ...limits },
    sandboxes,
  });
}

const dataOf = ({ objects: [object] }: Rendered) =>
  (object as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data;

async function refusal(...call: Parameters<typeof rendered>): Promise<GitopsError> {
  const error = await rendered(...call).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitopsError) return error;
  throw error ?? new Error('rendered');
}

const jobs = async () => {
  const args = ['get', 'jobs', '-n', installation.sandboxNamespace, '-o', 'name'];
  return (await cluster.kubectl(args)).stdout.trim();
};

const COUNT = `
const { App, ApiObject, Chart } = require('cdk8s');
const { readFileSync } = require('fs');
const { values } = JSON.parse(readFileSync(process.env.DRYDOCK_VALUES, 'utf8'));
const app = new App();
const chart = new Chart(app, 'shop');
new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: values['*'] });
app.synth();
`;

/** What an intruder tries first; the answers are what it would send home. */
const ATTACK = `
const { connect } = require('net');
const { readdirSync, readFileSync, writeFileSync, mkdirSync, symlinkSync } = require('fs');
const attempt = (act) => { try { return String(act()); } catch (error) { return error.code || 'failed'; } };
const reach = (host, port) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 3000 });
  socket.on('connect', () => { socket.destroy(); resolve('open'); });
  socket.on('timeout', () => { socket.destroy(); resolve('closed'); });
  socket.on('error', () => resolve('closed'));
});
(async () => {
  const [host, port] = process.argv.at(-1).split(':');
  const data = {
    api: await reach(host, Number(port)),
    token: attempt(() => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8').length > 0),
    root: attempt(() => { writeFileSync('/usr/local/bin/node', ''); return 'written'; }),
    user: String(process.getuid()),
    secrets: Object.keys(process.env).filter((name) => /TOKEN|SECRET|PASSWORD/i.test(name)).join() || 'none',
  };
  const map = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data });
  const out = process.env.CDK8S_OUTDIR;
  if (!out) return console.log(map);
  mkdirSync(out, { recursive: true });
  writeFileSync(out + '/a.json', map);
  symlinkSync('/etc/passwd', out + '/b.yaml');
})();
`;

test('a program of cdk8s is rendered with its values, and nothing of its sandbox stays', async () => {
  const files = { 'cdk8s.yaml': 'language: typescript\napp: node main.js\n', 'main.js': COUNT };
  const all = await rendered(files, { values: { x: 'given' } });
  expect([dataOf(all), all.from]).toEqual([{ x: 'given' }, ['output shop.k8s.yaml']]);
  await until('its Job to be gone', async () => (await jobs()) === '');
});

test('a preview runs the program of a pull request in a sandbox as well, and makes nothing else; where none may run it is refused', async () => {
  const namespace = installation.policyNamespace;
  const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace, mayWrite: onlyDryRuns });
  const source = new ModelSource();
  source.push({ 'cdk8s.yaml': 'language: typescript\napp: node main.js\n', 'main.js': COUNT });
  const app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace, uid: 'u', resourceVersion: '1' },
    spec: { source: { url: 'https://example.com/x' }, render: { cdk8s: { image, values: { x: 'given' } } } },
  } as Stored<Application>;
  const look = (programs?: ProgramSandboxes) =>
    new Previewer(connection, { of: () => source }, programs ? { programs } : {}).of(app, { pullRequest: 1 });
  try {
    const { outcome, clusters } = await look(sandboxes);
    const told = clusters[0]?.plan?.objects.map(({ action, kind, name }) => [action, kind, name]);
    expect([outcome, told]).toEqual(['changes', [['create', 'ConfigMap', 'a']]]);
    const maps = await cluster.kubectl(['get', 'configmaps', '-n', namespace, '-o', 'name']);
    expect(maps.stdout).not.toContain('configmap/a\n');
    await until('its Job to be gone', async () => (await jobs()) === '');
    expect(await look()).toMatchObject({ outcome: 'refused', refused: { code: 'RENDER_FAILED' } });
  } finally {
    connection.close();
  }
});

test('a program that attacks reaches no network, has no token and no way to change its image; a pod does', async () => {
  const endpoint = [
    'get',
    'endpoints',
    'kubernetes',
    '-o',
    'jsonpath={.subsets[0].addresses[0].ip}:{.subsets[0].ports[0].port}',
  ];
  const api = (await cluster.kubectl(endpoint)).stdout.trim();
  const all = await rendered({ 'main.js': ATTACK }, { command: ['node', 'main.js', api] });
  // The link that it left is not followed.
  expect(all.objects).toHaveLength(1);
  expect(dataOf(all)).toEqual({
    ...{
      api: 'closed',
      token: 'ENOENT',
      root: 'EROFS',
      secrets: 'none',
      user: expect.not.stringMatching(/^0$/),
    },
  });

  // The control: the same program and image, outside of a sandbox.
  const name = `attack-${installation.policyNamespace}`;
  const run = [
    'run',
    name,
    `--image=${image}`,
    '--restart=Never',
    '--image-pull-policy=Never',
    '--command',
    '--',
  ];
  await cluster.kubectl([...run, 'node', '-e', ATTACK, '--', api]);
  const said = await until('the control to have ended', async () => {
    const { stdout } = await cluster.kubectl(['logs', name], { allowFailure: true });
    return stdout.startsWith('{') ? stdout : undefined;
  });
  expect(JSON.parse(said).data).toMatchObject({ api: 'open', token: 'true' });
  await cluster.kubectl(['delete', 'pod', name, '--wait=false']);
});

const writing = (script: string) => ({
  'main.js': `const { mkdirSync, writeFileSync } = require('fs'); const out = process.env.CDK8S_OUTDIR; mkdirSync(out, { recursive: true });\n${script}\n`,
});
const command = ['node', 'main.js'];
const MAP = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: { x: '1' },
});

test.each<
  [what: string, files: Files, render: Partial<ProgramRender>, limits: Partial<RenderLimits>, found: RegExp]
>([
  [
    'more output than allowed',
    writing(
      "for (let at = 0; at < 40; at += 1) writeFileSync(out + '/' + at + '.yaml', 'x'.repeat(1 << 20));",
    ),
    { command },
    { outputBytes: 8 << 20 },
    /FileLimit/,
  ],
  ['a program without an end', writing('for (;;);'), { command }, { timeoutMs: 3_000 }, /no end within 3 s/],
  [
    'a program that fails',
    writing("console.error('no database\\n\\u001b[2Jcleared'); process.exit(3);"),
    { command },
    {},
    /exit code 3: no database \[2Jcleared/,
  ],
  ['broken YAML', writing("writeFileSync(out + '/a.yaml', 'a: [');"), { command }, {}, /in line 1/],
  ['nothing written', { 'main.js': '' }, { command }, {}, /FileMissing/],
  ['no command', { 'main.js': '' }, {}, {}, /no cdk8s\.yaml/],
  [
    'a program that is not there',
    writing(''),
    { command: ['nothing'] },
    {},
    /CommandMissing|CommandNotStarted|exit code 127/,
  ],
  [
    'an image that the template does not admit',
    writing(''),
    { command, image: 'evil.example.com/x:1' },
    {},
    /ArgumentInvalid|PolicyDenied/,
  ],
])('%s is told', async (_what, files, render, limits, found) => {
  const error = await refusal(files, render, limits);
  expect([error.code, error.found]).toEqual(['RENDER_FAILED', expect.stringMatching(found)]);
});

test('the twin of these is rendered, also from a folder of its own', async () => {
  const files = {
    'main.js': `require('fs').mkdirSync('out'); require('fs').writeFileSync('out/a.json', '${MAP}');`,
  };
  expect(dataOf(await rendered(files, { command, output: 'out' }, { timeoutMs: 20_000 }))).toEqual({
    x: '1',
  });
  await until('all Jobs to be gone', async () => (await jobs()) === '');
});
