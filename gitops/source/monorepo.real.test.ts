import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { GitServer } from '../testing-only/git-server';
import { Credentials } from './credentials';
import type { SourceTree } from './source';
import { Sources } from './sources';

jest.setTimeout(300_000);

/** What 1,000 Applications of one repository cost it and this machine: calls of git are counted, not timed. */

const COUNT = 1_000;
/** As many as a controller works on at once. */
const WORKERS = 32;
const server = new GitServer();
let folder: string;
let path: string | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-monorepo-'));
  await server.start();
  // Stands before git, and writes down each call of it.
  const [real] = (process.env.PATH ?? '').split(delimiter).flatMap((one) => {
    try {
      readFileSync(join(one, 'git'));
      return [join(one, 'git')];
    } catch {
      return [];
    }
  });
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$4" >> ${folder}/calls\nexec ${real} "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  writeFileSync(join(folder, 'calls'), '');
});
afterAll(async () => {
  if (path !== undefined) process.env.PATH = path;
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How often each command of git was called by this work, and how often the server was asked. */
async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  writeFileSync(join(folder, 'calls'), '');
  const before = server.asked.length;
  path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  await work();
  process.env.PATH = path;
  const counts: Record<string, number> = { requests: server.asked.length - before };
  for (const call of readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean))
    counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}

const pathOf = (index: number) => `apps/app-${String(index).padStart(4, '0')}`;
const filesOf = (changed: ReadonlySet<number> = new Set()) =>
  Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [
      `${pathOf(index)}/all.yaml`,
      `# ${index} ${changed.has(index) ? 'changed' : ''}\n`,
    ]),
  );

test('1,000 Applications ask once and read their own files; of a push that touches ten of them only those read', async () => {
  const repository = server.repository('mono');
  repository.commit(filesOf());
  const sources = new Sources({ folder: join(folder, 'sources') });
  const { username, password, ca } = server;
  const of = () =>
    sources.of(
      { url: server.urlOf('mono'), branch: 'main' },
      new Credentials({ username, password, 'ca.crt': ca }),
    );
  const known = new Map<number, SourceTree>();
  let read = new Map<number, string>();
  /** As a reconcile does. */
  const reconcile = async (index: number) => {
    const source = of();
    const tree = await source.tree(await source.revision(3_600_000), pathOf(index));
    const before = known.get(index);
    known.set(index, tree);
    if (before?.id === tree.id) return;
    const files = await source.files(tree, ['.yaml']);
    read.set(index, files.map((file) => `${file.path} ${file.content.toString()}`).join());
  };
  const all = async () => {
    read = new Map();
    const indices = Array.from({ length: COUNT }, (_, index) => index).values();
    // An iterator that all of them take from.
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        for (const index of indices) await reconcile(index);
      }),
    );
  };

  const cold = await callsOf(all);
  expect(read.size).toBe(COUNT);
  expect([read.get(7), read.get(999)]).toEqual(['all.yaml # 7 \n', 'all.yaml # 999 \n']);
  expect(cold).toMatchObject({ fetch: 1, 'rev-parse': 1, 'ls-tree': 1 });
  // The fetch has told where the branch is.
  expect(cold).not.toHaveProperty('ls-remote');
  // One for the commit; the others are shared by those who ask at once, and none of them has more than its own files.
  expect(cold['cat-file']).toBeLessThanOrEqual(1 + COUNT / 4);

  const steady = await callsOf(all);
  expect([steady, read.size]).toEqual([{ requests: 0 }, 0]);

  const changed = new Set([3, 14, 159, 265, 358, 400, 512, 777, 901, 999]);
  repository.commit(filesOf(changed));
  of().pushed();
  const pushed = await callsOf(all);
  expect([...read.keys()].sort((one, other) => one - other)).toEqual([...changed]);
  expect(pushed).toMatchObject({ 'ls-remote': 1, fetch: 1, 'rev-parse': 1, 'ls-tree': 1 });
  expect(pushed['cat-file']).toBeLessThanOrEqual(1 + changed.size);
  console.log(
    `calls of git and requests, cold ${JSON.stringify(cold)}, ten changed ${JSON.stringify(pushed)}`,
  );
});

test('a repository with more files than are listed costs a list for each folder, and is read the same', async () => {
  const repository = server.repository('large');
  const many = Object.fromEntries(
    Array.from({ length: 60_000 }, (_, index) => [`data/${'x'.repeat(100)}-${index}`, 'x']),
  );
  repository.commit({ ...many, 'app/a.yaml': 'a', 'app/b/c.yaml': 'c' });
  const { username, password, ca } = server;
  const source = new Sources({ folder: join(folder, 'large') }).of(
    { url: server.urlOf('large'), branch: 'main' },
    new Credentials({ username, password, 'ca.crt': ca }),
  );
  let found: readonly string[] = [];
  const calls = await callsOf(async () => {
    const tree = await source.tree(await source.revision(0), 'app');
    found = (await source.files(tree, ['.yaml'])).map((file) => `${file.path} ${file.content.toString()}`);
  });
  expect(found).toEqual(['a.yaml a', 'b/c.yaml c']);
  expect(calls).toMatchObject({ 'ls-tree': 3, 'cat-file': 2 });
});
