import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BareRepository, GitServer } from '../testing-only/git-server';
import { JJ_COMMITS, writeJjCommits } from '../testing-only/jj-repository';
import { commitIn, derivedChange } from './commit';
import { Credentials } from './credentials';
import type { Moved } from './source';
import { Sources } from './sources';

jest.setTimeout(120_000);

const server = new GitServer();
let folder: string;
let sources: Sources;
let jj: BareRepository;
const moved: Moved[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-jj-'));
  sources = new Sources({ folder, onMoved: (one) => moved.push(one) });
  await server.start();
  jj = server.repository('jj');
  writeJjCommits(jj);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function follow(branch: string, type: 'git' | 'jj' = 'jj') {
  const { username, password, ca } = server;
  const credentials = new Credentials({ username, password, 'ca.crt': ca });
  const source = sources.of({ url: server.urlOf('jj'), branch, type }, credentials);
  return { source, tree: async () => source.tree(await source.revision(0), 'app') };
}
const point = (branch: string, commit: keyof typeof JJ_COMMITS) =>
  jj.git(['update-ref', `refs/heads/${branch}`, JJ_COMMITS[commit].id]);

test.each(['main', 'good', 'before', 'other', 'plain'] as const)(
  'the change of %s is the one that jj shows',
  async (branch) => {
    const { id, change } = JJ_COMMITS[branch];
    expect(await follow(branch).tree()).toMatchObject({ revision: id, change });
    // Who does not ask for changes is told of none.
    expect((await follow(branch, 'git').tree()).change).toBeUndefined();
  },
);

test('a change that is written anew is another commit of the same change', async () => {
  point('moving', 'before');
  const { source, tree } = follow('moving');
  const before = await tree();
  point('moving', 'other');
  const after = await tree();
  expect(after.revision).not.toBe(before.revision);
  expect([after.change, after.id]).toEqual([before.change, before.id]);
  expect(await source.changedPaths(before.revision, after.revision)).toEqual([]);
  point('moving', 'good');
  const last = await tree();
  expect(await source.changedPaths(after.revision, last.revision)).toEqual(['app/a.yaml']);
  // A store that is begun anew does not have the first any more.
  expect(await source.changedPaths('0'.repeat(40), last.revision)).toBeUndefined();
  const ofMoving = () => moved.filter(({ branch }) => branch === 'moving');
  // It is told beside, when it is known what has changed.
  while (ofMoving().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  const told = ofMoving();
  expect(told.map(({ from, to, change, files }) => [from, to, change, files])).toEqual([
    [undefined, before.revision, before.change, undefined],
    [before.revision, after.revision, before.change, 0],
    [after.revision, last.revision, JJ_COMMITS.good.change, 1],
  ]);
  expect(told[0]!.repository).toBe(JSON.stringify(server.urlOf('jj')));
});

test.each(['git', 'jj'] as const)(
  'a commit with a conflict is refused for type %s, until it is resolved',
  async (type) => {
    const bookmark = `work-${type}`;
    point(bookmark, 'conflicted');
    const { source, tree } = follow(bookmark, type);
    await expect(tree()).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      found: expect.stringContaining('conflicts of jj'),
    });
    // Its sides are refused where the header is gone, as with a rebase by git.
    const text = JJ_COMMITS.conflicted.text.replace(/^jj:trees .*\n/m, '');
    jj.git([
      'update-ref',
      `refs/heads/${bookmark}`,
      jj.git(['hash-object', '-t', 'commit', '-w', '--stdin'], text),
    ]);
    const root = await source.tree(await source.revision(0), '');
    await expect(source.files(root, ['.yaml'])).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    await expect(tree()).rejects.toMatchObject({ code: 'PATH_MISSING' });
    point(bookmark, 'other');
    expect((await tree()).revision).toBe(JJ_COMMITS.other.id);
  },
);

test.each([
  ['capitals', `change-id ${JJ_COMMITS.main.change.toUpperCase()}`],
  ['digits', 'change-id 0123456789abcdef0123456789abcdef'],
  ['fewer letters', `change-id ${JJ_COMMITS.main.change.slice(1)}`],
  ['more letters', `change-id ${JJ_COMMITS.main.change}k`],
  ['a line below', `x-change y\n change-id ${JJ_COMMITS.main.change}`],
])('a header with %s is no change', (_what, header) => {
  const { text } = JJ_COMMITS.main;
  const of = (head: string) => commitIn(Buffer.from(text.replace(/^change-id .*$/m, head)));
  expect(of(header).change).toBeUndefined();
  expect(of(`change-id ${JJ_COMMITS.good.change}`).change).toBe(JJ_COMMITS.good.change);
});

test('what a message says is not read as a header', () => {
  const message = `tree ${'0'.repeat(40)}\n\nchange-id ${JJ_COMMITS.main.change}\njj:trees x\n`;
  expect(commitIn(Buffer.from(message))).toEqual({
    tree: '0'.repeat(40),
    change: undefined,
    isConflicted: false,
  });
  expect(derivedChange(JJ_COMMITS.plain.id)).toBe(JJ_COMMITS.plain.change);
});
