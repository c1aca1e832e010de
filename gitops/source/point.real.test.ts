import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BareRepository, GitServer } from '../testing-only/git-server';
import { JJ_COMMITS, writeJjCommits } from '../testing-only/jj-repository';
import { Credentials } from './credentials';
import { type Point, pointOf } from './point';
import { Sources } from './sources';

jest.setTimeout(120_000);

/** What a preview looks at, at a real git server: one commit, or a refusal. */

const server = new GitServer();
let folder: string;
let shop: BareRepository;
let jj: BareRepository;
const at: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-points-'));
  await server.start();
  shop = server.repository('shop');
  at.main = shop.commit({ 'app/a.yaml': 'main' });
  at.feature = shop.commit({ 'app/a.yaml': 'feature' }, 'feature');
  for (const [branch, ref] of [
    ['github', 'refs/pull/12/head'],
    ['gitlab', 'refs/merge-requests/7/head'],
  ] as const) {
    at[branch] = shop.commit({ 'app/a.yaml': branch }, branch);
    shop.git(['update-ref', ref, at[branch]]);
    shop.git(['update-ref', '-d', `refs/heads/${branch}`]);
  }
  at.letters = shop.commit({ 'app/a.yaml': 'letters' }, 'kkmmttzz');
  jj = server.repository('jj');
  writeJjCommits(jj);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function look(point: Point, repository = 'shop') {
  const { username, password, ca } = server;
  const sources = new Sources({ folder: mkdtempSync(join(folder, 'store-')) });
  const credentials = new Credentials({ username, password, 'ca.crt': ca });
  const followed = { url: server.urlOf(repository), branch: 'main', type: 'jj' as const };
  const what = 'branch' in point ? { branch: point.branch } : { point };
  const source = sources.of({ ...followed, ...what }, credentials);
  const revision = await source.revision(0);
  const tree = await source.tree(revision, 'app');
  const [file] = await source.files(tree, ['.yaml']);
  return { revision, change: tree.change, text: file?.content.toString() };
}

test.each([
  ['a branch', { branch: 'feature' }, 'feature'],
  ['a pull request', { pullRequest: 12 }, 'github'],
  ['a merge request', { pullRequest: 7 }, 'gitlab'],
  ['letters that are a branch', { change: 'kkmmttzz' }, 'letters'],
] as const)('%s is found with its files', async (_, point, name) => {
  expect(await look(point)).toMatchObject({
    revision: at[name],
    text: name === 'letters' ? 'letters' : name,
  });
});

test('a commit is found that is at no branch any more', async () => {
  const old = shop.commit({ 'app/a.yaml': 'old' }, 'moved');
  shop.commit({ 'app/a.yaml': 'new' }, 'moved');
  expect(await look(pointOf(old))).toMatchObject({ revision: old, text: 'old' });
});

test('a change is found by its first letters, at whichever bookmark it is', async () => {
  jj.git(['update-ref', '-d', 'refs/heads/before']);
  for (const name of ['two', 'other', 'plain'] as const) {
    const one = Object.entries(JJ_COMMITS).find(([key]) => key === (name === 'two' ? 'good' : name))![1];
    expect(await look(pointOf(one.change.slice(0, 8)), 'jj')).toMatchObject({
      revision: one.id,
      change: one.change,
    });
  }
});

test('a change that is two commits is refused, and the commit of it is taken', async () => {
  const { before, other } = JJ_COMMITS;
  jj.git(['update-ref', 'refs/heads/before', before.id]);
  await expect(look(pointOf(other.change), 'jj')).rejects.toMatchObject({
    code: 'SOURCE_REFUSED',
    found: expect.stringContaining('2 commits'),
  });
  expect(await look(pointOf(before.id), 'jj')).toMatchObject({ revision: before.id });
});

test.each([
  ['a pull request', { pullRequest: 13 }, 'REVISION_MISSING'],
  ['a commit', { commit: 'a'.repeat(40) }, 'REVISION_MISSING'],
  ['a change', { change: 'zzzzzzzz' }, 'REVISION_MISSING'],
  ['a branch', { branch: 'gone' }, 'BRANCH_MISSING'],
] as const)('%s that is not there is told', async (_, point, code) => {
  await expect(look(point)).rejects.toMatchObject({ code });
});

test.each([
  { pullRequest: 0 },
  { pullRequest: 1.5 },
  { pullRequest: Number.NaN },
  { commit: '--upload-pack=touch /tmp/x' },
  { commit: 'a'.repeat(39) },
  { change: '../../heads/main' },
  { branch: '--exec=x' },
] as const)('%j is refused before anything is asked', async (point) => {
  const before = server.asked.length;
  await expect(look(point)).rejects.toMatchObject({ code: 'SOURCE_INVALID' });
  expect(server.asked.length).toBe(before);
});

test('what a person types is a commit, a change or a branch', () => {
  expect(pointOf('a'.repeat(40))).toEqual({ commit: 'a'.repeat(40) });
  expect(pointOf('kkmpptxz')).toEqual({ change: 'kkmpptxz' });
  expect(pointOf('release/1.4')).toEqual({ branch: 'release/1.4' });
  expect(() => pointOf('-x')).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }));
});
