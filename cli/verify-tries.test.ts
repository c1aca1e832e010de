import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CiFixerChart } from '../charts';
import { Testing } from '../core/synth';
import { drydock, mistake } from './testing-only/drydock';
import { writeLocalKubeconfig } from './testing-only/local-kubeconfig';
import { type RememberingServer, rememberingServer } from './testing-only/remembering-server';

// What a sandbox does when it is tried is in test/sandbox-runtime/cli.real.test.ts.

const HELP = 'drydock verify --help';
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-tries-test-'));
const [kubeconfig, empty, template] = ['config', 'empty.yaml', 'template.json'].map((name) =>
  path.join(folder, name),
) as [string, string, string];
let cluster: RememberingServer;
let program: Server;
let url: string;
let answers: number[] = [];

beforeAll(async () => {
  cluster = await rememberingServer();
  writeLocalKubeconfig(kubeconfig, cluster.port);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  writeFileSync(empty, JSON.stringify(map));
  const there = { ...map.metadata, namespace: 'here', uid: 'a', resourceVersion: '1' };
  cluster.paths.set('/api/v1/namespaces/here/configmaps/a', { ...map, metadata: there });
  const objects = Testing.synth(new CiFixerChart(Testing.app())) as { data?: Record<string, string> }[];
  const found = objects.find(({ data }) => data?.['template.json']);
  writeFileSync(template, JSON.stringify(found));
  program = createServer((_, response) => response.writeHead(answers.shift() ?? 200).end());
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(program.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await cluster.close();
  program.close();
  rmSync(folder, { recursive: true });
});

const verify = (manifest: string, ...argv: string[]) =>
  drydock('verify', manifest, '--kubeconfig', kubeconfig, ...argv);

test.each([
  [
    ['--reach', 'localhost:30000'],
    '--reach takes an address such as http://localhost:30000, not "localhost:30000"',
  ],
  [['--reach', 'ftp://a/'], '--reach takes an address such as http://localhost:30000, not "ftp://a/"'],
  [['--reach', 'http://ann:secret@a/'], '--reach takes an address without a name and a password'],
  [['--image', 'a:1'], '--image is for --try, which was not given'],
  [['--try'], '--try found no ConfigMap with template.json among what is meant'],
])('%j is a mistake, told in one sentence before anything is tried', async (argv, sentence) => {
  expect(await verify(empty, ...argv)).toEqual(mistake(sentence, HELP));
});

test('a template that needs an image is not tried without one', async () => {
  const needs = '--try needs --image IMAGE: one of the images that the template allows';
  expect(await verify(template, '--try')).toEqual(mistake(needs, HELP));
});

test('an address that answers is well, also where it answers only after a moment', async () => {
  answers = [503];
  const { code, out } = await verify(empty, '--reach', url, '--timeout', '20');
  expect([code, answers]).toEqual([0, []]);
  expect(out).toMatch(/^2 of 2 are as they were meant/m);
});

test('one that answers with an error, and one where nobody listens, are findings in every report', async () => {
  answers = [404];
  const [closed, junit] = ['http://127.0.0.1:1/', path.join(folder, 'report.xml')];
  const argv = ['--reach', url, '--reach', closed, '--timeout', '0', '--junit', junit];
  const { code, out } = await verify(empty, ...argv);
  expect(code).toBe(1);
  expect(out).toContain(`NO_ANSWER at ${url}`);
  expect(out).toContain('found:    an answer with 404');
  expect(out).toContain(`NO_ANSWER at ${closed}`);
  expect(out).toMatch(/^1 of 3 are as they were meant/m);
  expect(readFileSync(junit, 'utf8')).toContain('failures="2"');
});

test('where no sandbox can be made it is a finding at its template, in the words of the error', async () => {
  const { code, out } = await verify(
    template,
    '--try',
    '--image',
    'ci-fixer-sandbox:1.0.0',
    '--timeout',
    '0',
  );
  expect(code).toBe(1);
  expect(out).toMatch(/SANDBOX_FAILED at ConfigMap\/\S+/);
  expect(out).toMatch(/found: {4}\w+: .+/);
});
