import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GitopsError } from '../errors';
import { Grounds } from '../testing-only/hostile/grounds';
import { Credentials } from './credentials';
import type { Source } from './source';

jest.setTimeout(300_000);

const grounds = new Grounds();
const { server, folder } = grounds;
beforeAll(() => grounds.prepare());
afterAll(() => grounds.remove());

const repositoryWith = (...of: Parameters<Grounds['repositoryWith']>) => grounds.repositoryWith(...of);
const read = (source: Source, path?: string) => grounds.read(source, path);
const codeOf = (work: Promise<unknown>) => grounds.outcomeOf(work);
const password = () => grounds.password();

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

  expect(await codeOf(read(source, 'none'))).toBe('PATH_MISSING');
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
  const { repository, folder: own, source, at, url } = repositoryWith({ 'a.yaml': 'a' });
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
  for (const name of readdirSync(own)) {
    rmSync(join(own, name, 'store.git', 'objects'), { recursive: true });
  }
  const files = async () => source.files(await source.tree(revision, ''), ['.yaml']);
  expect(await codeOf(files())).toBe('SOURCE_UNREACHABLE');
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });
  expect(repository.head()).toBe(revision);
});

test('who asks of a server that does not answer waits for one question or two, however many ask', async () => {
  const { source } = repositoryWith({ 'a.yaml': 'a' }, { timeoutMs: 1_500 });
  server.instead = () => {};
  const before = server.asked.length;
  const asking: Promise<string>[] = [];
  for (let time = 0; time < 8; time += 1) {
    asking.push(codeOf(source.revision(0)));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(new Set(await Promise.all(asking))).toEqual(new Set(['SOURCE_UNREACHABLE']));
  expect(server.asked.length - before).toBe(2);
  server.instead = undefined;
  expect(await read(source)).toEqual({ 'a.yaml': 'a' });
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
