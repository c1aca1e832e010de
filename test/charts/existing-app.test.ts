import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../core/template';

// The example imports the package by its name, as its readers do.
jest.mock('cdk8s-drydock', () => jest.requireActual('../../index'), { virtual: true });

const here = process.cwd();
const environment = { ...process.env };
const folders: string[] = [];

afterAll(() => {
  process.chdir(here);
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Runs a program of the example in a folder of its own. */
function run(program: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-existing-'));
  folders.push(folder);
  process.chdir(folder);
  // As the output of cdk8s.yaml in the example.
  process.env = { ...environment, CDK8S_OUTDIR: 'dist/manifests' };
  jest.isolateModules(() => require(`../../examples/existing-app/${program}`));
  return path.join(folder, 'dist');
}

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

function objectsIn(folder: string): JsonObject[] {
  const texts = Object.values(filesIn(folder));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as JsonObject));
}

test('an app of cdk8s-plus gives the same bytes on our App', () => {
  const [stock, ours] = [run('1-stock'), run('2-our-app')];
  expect(Object.keys(filesIn(path.join(stock, 'manifests')))).toEqual(['guestbook.k8s.yaml']);
  expect(filesIn(path.join(ours, 'manifests'))).toEqual(filesIn(path.join(stock, 'manifests')));
});

test('as a Helm chart it has the same objects, and values where there were props', () => {
  const [before, after] = [run('1-stock'), run('3-helm-chart')];
  const kinds = (folder: string) => objectsIn(path.join(folder, 'manifests')).map(({ kind }) => kind);
  expect(kinds(after)).toEqual(kinds(before));
  const [frontend] = objectsIn(path.join(after, 'manifests')).filter(({ kind }) => kind === 'Deployment');
  expect(frontend).toMatchObject({
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ image: 'registry.example.com/guestbook:5' }] } },
    },
  });
  const chart = filesIn(path.join(after, 'charts', 'guestbook', 'templates'));
  const texts = Object.values(chart).join('');
  for (const use of ['.Values.replicas', '.Values.tag', '.Values.title', '.Values.host'])
    expect(texts).toContain(use);
  const values = readFileSync(path.join(after, 'charts', 'guestbook', 'values.yaml'), 'utf8');
  expect(parse(values)).toMatchObject({ replicas: 2, tag: '5', title: 'Guestbook' });
});
