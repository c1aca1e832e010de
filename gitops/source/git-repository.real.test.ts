import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import { type Entry, GitServer } from '../testing-only/git-server';
import { Credentials } from './credentials';
import type { Source, SourceFile, SourceLimits } from './source';
import { Sources } from './sources';

jest.setTimeout(300_000);

const server = new GitServer();
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-sources-'));
  await server.start();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const password = () =>
  new Credentials({ username: server.username, password: server.password, 'ca.crt': server.ca });

/** A repository with one commit, and a source that follows it. */
function repositoryWith(files: Readonly<Record<string, Entry>>, limits: Partial<SourceLimits> = {}) {
  count += 1;
  const name = `repository-${count}`;
  const repository = server.repository(name);
  if (Object.keys(files).length > 0) repository.commit(files);
  const sources = new Sources({ folder: join(folder, String(count)), limits });
  const at = (url: string, credentials = password(), branch = 'main') =>
    sources.of({ url, branch }, credentials);
  return { repository, at, url: server.urlOf(name), source: at(server.urlOf(name)) };
}

async function read(source: Source, path = ''): Promise<Record<string, string>> {
  const tree = await source.tree(await source.revision(0), path);
  const files: readonly SourceFile[] = await source.files(tree, ['.yaml', '.json']);
  return Object.fromEntries(files.map((file) => [file.path, file.content.toString('utf8')]));
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return 'accepted';
  if (!(error instanceof GitopsError)) throw error;
  expect(error.message).not.toContain(server.password);
  return error.code;
};

test('the files of a folder are those of the commit that the branch is at, after each push and each force-push', async () => {
  const { repository, source } = repositoryWith({
    'a/one.yaml': 'one',
    'b/two.yaml': 'two',
    'a/read.me': 'no',
  });
  const first = repository.head();
  expect(await source.revision(0)).toBe(first);
  expect(await read(source, 'a')).toEqual({ 'one.yaml': 'one' });
  expect(await read(source)).toEqual({ 'a/one.yaml': 'one', 'b/two.yaml': 'two' });

  repository.commit({ 'a/one.yaml': 'more', 'a/deep/er.json': '{}', 'b/two.yaml': 'two' });
  expect(await read(source, 'a')).toEqual({ 'one.yaml': 'more', 'deep/er.json': '{}' });

  // Back to where it was, and then to a history that has nothing in common.
  repository.git(['update-ref', 'refs/heads/main', first]);
  expect(await read(source, 'a')).toEqual({ 'one.yaml': 'one' });
  repository.git(['update-ref', '-d', 'refs/heads/main']);
  repository.commit({ 'a/one.yaml': 'anew' });
  expect(await read(source, 'a')).toEqual({ 'one.yaml': 'anew' });
});

test('a folder that no commit has touched has the same id, and one that was touched another one', async () => {
  const { repository, source } = repositoryWith({ 'a/one.yaml': '1', 'b/two.yaml': '2' });
  const ids = async () => {
    const revision = await source.revision(0);
    return Promise.all(['a', 'b'].map(async (path) => (await source.tree(revision, path)).id));
  };
  const before = await ids();
  repository.commit({ 'a/one.yaml': '1', 'b/two.yaml': 'changed' });
  const after = await ids();
  expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false]);
});

test('who asks at once, or soon after, shares one question to the server', async () => {
  const { source } = repositoryWith({ 'a.yaml': 'a' });
  const before = server.asked.length;
  const revisions = await Promise.all(Array.from({ length: 50 }, () => source.revision(60_000)));
  expect(new Set(revisions).size).toBe(1);
  const used = server.asked.length - before;
  expect(await source.revision(600_000)).toBe(revisions[0]);
  expect(server.asked.length - before).toBe(used);
  expect(used).toBeLessThan(12);
});

test('after a push no older answer is given, whoever else asks at the time', async () => {
  const { repository, source } = repositoryWith({ 'a.yaml': '1' });
  await source.revision(60_000);
  let called = 0;
  const forget = source.onPush(() => {
    called += 1;
  });
  for (let round = 2; round < 6; round += 1) {
    const asking = source.revision(0);
    const head = repository.commit({ 'a.yaml': String(round) });
    source.pushed();
    const answers = await Promise.all([source.revision(60_000), source.revision(60_000)]);
    expect(answers).toEqual([head, head]);
    await asking;
    expect(await source.revision(60_000)).toBe(head);
    expect(await read(source)).toEqual({ 'a.yaml': String(round) });
  }
  forget();
  source.pushed();
  expect(called).toBe(4);
});

test('a repository that was away, or refuses, says why, and is there again by itself', async () => {
  const { repository, source, at, url } = repositoryWith({ 'a.yaml': 'a' });
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });
  const port = await server.away();
  expect(await codeOf(source.revision(0))).toBe('SOURCE_UNREACHABLE');
  await server.start(port);
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });

  expect(await codeOf(at(url, new Credentials({ 'ca.crt': server.ca })).revision(0))).toBe('SOURCE_DENIED');
  const wrong = new Credentials({ username: 'robot', password: 'wrong', 'ca.crt': server.ca });
  expect(await codeOf(at(url, wrong).revision(0))).toBe('SOURCE_DENIED');
  const stranger = new Credentials({ username: server.username, password: server.password });
  expect(await codeOf(at(url, stranger).revision(0))).toBe('SOURCE_UNREACHABLE');
  expect(await codeOf(at(server.urlOf('none')).revision(0))).toBe('SOURCE_UNREACHABLE');
  expect(await codeOf(at(url, password(), 'other').revision(0))).toBe('BRANCH_MISSING');

  server.instead = (_request, response) =>
    response.writeHead(302, { Location: server.urlOf('repository-1') }).end();
  expect(await codeOf(source.revision(0))).toBe('SOURCE_UNREACHABLE');
  server.instead = (_request, response) => response.writeHead(200).end('no git at all');
  expect(await codeOf(source.revision(0))).toBe('BRANCH_MISSING');
  server.instead = undefined;

  // A store that has lost an object is fetched anew.
  const revision = await source.revision(0);
  for (const name of readdirSync(join(folder, String(count)))) {
    rmSync(join(folder, String(count), name, 'store.git', 'objects'), { recursive: true });
  }
  const files = async () => source.files(await source.tree(revision, ''), ['.yaml']);
  expect(await codeOf(files())).toBe('SOURCE_UNREACHABLE');
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });
  expect(repository.head()).toBe(revision);
});

test('a server that never answers is given up, and so is one whose asker has gone', async () => {
  const { source } = repositoryWith({ 'a.yaml': 'a' }, { timeoutMs: 1_500 });
  server.instead = () => {};
  const leaving = new AbortController();
  const left = source.revision(0, leaving.signal);
  leaving.abort(
    new GitopsError('SOURCE_UNREACHABLE', { where: 'w', found: 'f', expected: 'e', remedy: 'r' }),
  );
  expect(await codeOf(left)).toBe('SOURCE_UNREACHABLE');
  expect(await codeOf(source.revision(0))).toBe('SOURCE_UNREACHABLE');
  server.instead = undefined;
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });
});

const link = (content: string): Entry => ({ mode: '120000', content });
const kilobytes = (count: number) => {
  let text = '';
  // Not to be made small by compression.
  for (let seed = 1; text.length < count * 1024; seed = (seed * 48_271) % 2_147_483_647)
    text += seed.toString(36);
  return text;
};

test.each<
  [what: string, files: Readonly<Record<string, Entry>>, code: string, twin: Readonly<Record<string, Entry>>]
>([
  [
    'a symbolic link out of the folder',
    { 'app/a.yaml': link('../../etc/passwd') },
    'SOURCE_REFUSED',
    { 'app/a.yaml': '../../etc/passwd', 'b.yaml': link('/etc') },
  ],
  [
    'a symbolic link to a neighbour',
    { 'app/a.yaml': 'a', 'app/b': link('a.yaml') },
    'SOURCE_REFUSED',
    { 'app/a.yaml': 'a', 'app/b': 'a.yaml' },
  ],
  ['a link in the place of the folder', { app: link('other') }, 'PATH_MISSING', { 'app/a.yaml': 'a' }],
  [
    'a link in the place of a parent of the folder',
    { 'other/app/a.yaml': 'a', 'x.yaml': 'x', app: link('other/app') },
    'PATH_MISSING',
    { 'app/a.yaml': 'a' },
  ],
  [
    'a submodule',
    { 'app/a.yaml': 'a', 'app/sub': { mode: '160000', content: 'a'.repeat(40) } },
    'SOURCE_REFUSED',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = https://example.com/x\n' },
  ],
  [
    'a pointer of Git LFS',
    { 'app/a.yaml': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n' },
    'SOURCE_REFUSED',
    { 'app/a.yaml': '# version https://git-lfs.github.com/spec/v1\n' },
  ],
  [
    'the sides of a conflict of jj',
    { 'app/.jjconflict-base-0/a.yaml': 'a', 'app/JJ-CONFLICT-README': 'r' },
    'SOURCE_REFUSED',
    { 'app/jjconflict-base-0/a.yaml': 'a' },
  ],
  [
    'a name that cannot be seen',
    { 'app/a\tb.yaml': 'a' },
    'SOURCE_REFUSED',
    { 'app/a b.yaml': 'a', 'app/-rf.yaml': 'b', 'app/--upload-pack=x.yaml': 'c' },
  ],
  [
    'more files than allowed',
    Object.fromEntries([...'abcdefgh'].map((name) => [`app/${name}.yaml`, name])),
    'SOURCE_TOO_LARGE',
    { 'app/a.yaml': 'a' },
  ],
  [
    'files larger than allowed',
    { 'app/a.yaml': kilobytes(40) },
    'SOURCE_TOO_LARGE',
    { 'app/a.yaml': kilobytes(20), 'app/large.bin': kilobytes(40) },
  ],
  [
    'a small pack of a large file',
    { 'app/a.yaml': 'a'.repeat(5_000_000) },
    'SOURCE_TOO_LARGE',
    { 'app/a.yaml': 'a' },
  ],
  [
    'a fetch larger than allowed',
    { 'app/a.yaml': 'a', 'video.bin': kilobytes(400) },
    'SOURCE_TOO_LARGE',
    { 'app/a.yaml': 'a', 'video.bin': kilobytes(100) },
  ],
])('%s refuses all of the folder, and what only looks like it does not', async (_what, files, code, twin) => {
  const limits = { files: 6, fileBytes: 32 * 1024, fetchBytes: 256 * 1024 };
  const { repository, source } = repositoryWith(files, limits);
  expect(await codeOf(read(source, 'app'))).toBe(code);
  repository.commit(twin);
  expect(await codeOf(read(source, 'app'))).toBe('accepted');
});

test.each(['..', '.git', '.GIT', 'a/b'])(
  'a tree with an entry called %s is not even fetched',
  async (name) => {
    const { repository, source } = repositoryWith({});
    repository.commitRaw([{ name, content: 'a' }]);
    expect(await codeOf(read(source))).toBe('SOURCE_REFUSED');
    repository.commitRaw([{ name: 'a.yaml', content: 'a' }]);
    expect(await read(source)).toEqual({ 'a.yaml': 'a' });
  },
);

test('hooks, attributes and settings that a repository brings have no effect', async () => {
  const marker = join(folder, 'marker');
  const { repository, source } = repositoryWith({
    '.gitattributes': '*.yaml filter=evil text eol=crlf export-ignore ident\n',
    '.gitconfig': `[core]\n\thooksPath = hooks\n[filter "evil"]\n\tsmudge = touch ${marker}\n`,
    '.lfsconfig': '[lfs]\n\turl = https://example.com/\n',
    'hooks/post-checkout': `#!/bin/sh\ntouch ${marker}\n`,
    'a.yaml': 'a\n$Id$\n',
  });
  expect(await read(source)).toEqual({ 'a.yaml': 'a\n$Id$\n' });
  expect(readdirSync(folder)).not.toContain('marker');
  // The control: a work tree of the same repository would have changed the file.
  const clone = join(folder, 'clone');
  execFileSync('git', ['-c', 'safe.directory=*', 'clone', '--quiet', repository.folder, clone]);
  expect(execFileSync('cat', [join(clone, 'a.yaml')], { encoding: 'utf8' })).toContain('\r\n');
});

test.each([
  ['url', 'ext::sh -c touch% /tmp/x'],
  ['url', 'file:///etc'],
  ['url', 'http://127.0.0.1/x.git'],
  ['url', '--upload-pack=touch'],
  ['url', 'https://user:secret@example.com/x.git'],
  ['url', 'https://example.com/x.git#main'],
  ['url', 'https://example.com/x\n.git'],
  ['branch', '--upload-pack=touch'],
  ['branch', '../../config'],
  ['branch', 'main:refs/heads/x'],
  ['branch', 'a..b'],
  ['branch', 'main.lock'],
  ['branch', ''],
])('a %s such as %j is refused before git sees it', async (field, value) => {
  const { at, url } = repositoryWith({ 'a.yaml': 'a' });
  const before = server.asked.length;
  const open = async () => (field === 'url' ? at(value) : at(url, password(), value));
  expect(await codeOf(open())).toBe('SOURCE_INVALID');
  expect(server.asked.length).toBe(before);
});

test.each(['..', 'a/../..', '/etc', '-a', 'a//b', 'a\nb', 'a:b', '../x', 'a/..'])(
  'a path such as %j is refused',
  async (path) => {
    const { source } = repositoryWith({ 'a/b/c.yaml': 'a', '..a/x.yaml': 'x' });
    const revision = await source.revision(0);
    expect(await codeOf(source.tree(revision, path))).toBe('SOURCE_INVALID');
    for (const good of ['', '.', 'a', 'a/b', '..a'])
      expect(await codeOf(source.tree(revision, good))).toBe('accepted');
  },
);
