import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { kinds } from '../../imports/kinds';
import { generateCrds } from './crds';
import { generate } from './generate';
import { type KubernetesSpec, readKubernetesSpec } from './kubernetes-module';
import { kindDefinitions, readModel } from './model';

const repository = path.resolve(__dirname, '../..');

let spec: KubernetesSpec;
beforeAll(async () => {
  spec = await readKubernetesSpec();
}, 600_000);

test('`npm run imports` would change nothing', async () => {
  const files = { ...generate(spec), ...(await generateCrds()) };
  for (const [name, text] of Object.entries(files)) {
    const committed = await readFile(path.join(repository, name), 'utf8');
    // Not toBe(): a difference in a file of this length is printed more briefly as its first line.
    expect(firstDifference(committed, text)).toBeUndefined();
  }
});

test('every kind in the table has a type', () => {
  const typed = new Set(
    kindDefinitions(readModel(spec.swagger)).map(({ kind }) => `${kind.apiVersion} ${kind.kind}`),
  );
  const listed = Object.entries(kinds).flatMap(([apiVersion, ofVersion]) =>
    Object.keys(ofVersion).map((kind) => `${apiVersion} ${kind}`),
  );
  expect(listed.filter((kind) => !typed.has(kind))).toEqual([]);
  expect(listed.length).toBeGreaterThan(60);
});

test('every kind whose list has a type is in the table', () => {
  const lists = kindDefinitions(readModel(spec.swagger)).filter(
    ({ name, kind }) =>
      // These list what the server offers, not objects.
      kind.kind.endsWith('List') && !['APIGroupList', 'APIResourceList'].includes(name),
  );
  const missing = lists.filter(({ kind }) => {
    const item = kind.kind.replace(/List$/, '');
    return !kinds[kind.apiVersion]?.[item];
  });
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('a module that cannot be fetched is an error with the reason that Go gives', async () => {
  const cache = await mkdtemp(path.join(os.tmpdir(), 'drydock-imports-'));
  try {
    const offline = { ...process.env, GOMODCACHE: cache, GOPROXY: 'off', GOFLAGS: '-modcacherw' };
    await expect(readKubernetesSpec(offline)).rejects.toMatchObject({
      code: 'MODULE_UNAVAILABLE',
      found: expect.stringContaining('GOPROXY=off'),
    });
  } finally {
    await rm(cache, { recursive: true });
  }
});

function firstDifference(committed: string, generated: string): string | undefined {
  const [old, fresh] = [committed.split('\n'), generated.split('\n')];
  const at = fresh.findIndex((line, index) => line !== old[index]);
  if (at === -1 && old.length === fresh.length) return undefined;
  const line = at === -1 ? fresh.length : at;
  return `line ${line + 1}: committed "${old[line]}", generated "${fresh[line]}"`;
}
