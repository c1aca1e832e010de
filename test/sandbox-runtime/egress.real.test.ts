import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createSink } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gitBackend } from '../../gitops/testing-only/git-backend';
import { BareRepository } from '../../gitops/testing-only/git-server';
import { makeCertificates } from '../../kube/testing-only/certificates';
import type { EgressEvent, EgressOptions } from '../../sandbox';
import { SupervisedCommands } from '../../sandbox/commands';
import { Egress } from '../../sandbox/egress/egress';
import {
  type LocalSupervisor,
  localSupervisor,
} from '../../sandbox/supervisor/testing-only/local-supervisor';

// The real supervisor and git, and a git over https with a password; all that is replaced is where an address of the
// internet leads to.

jest.setTimeout(120_000);

const SECRET = 'planted-hunter2';
const URL = 'https://git.example.com/team/project.git';
const PUBLIC = '93.184.215.14';

const root = mkdtempSync(path.join(os.tmpdir(), 'drydock-egress-'));
const served = path.join(root, 'served');
let server: Server;
let ca: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;
let events: EgressEvent[];
let addresses: readonly string[];
const reached: string[] = [];
const heard: string[] = [];
/** Another port than that of the server, while it is set. */
let leadsTo: number | undefined;
/** Answers in the place of git while it is set. */
let instead:
  | ((url: string) => { readonly status: number; readonly headers?: object; readonly body: string })
  | undefined;

beforeAll(async () => {
  const { good } = await makeCertificates('127.0.0.1,DNS:git.example.com,DNS:www.example.org');
  ca = good.ca!;
  const git = gitBackend({ folder: served, username: 'robot', password: SECRET });
  server = createServer(good, (request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.cookie}`);
    if (instead) {
      const { status, headers, body } = instead(request.url ?? '');
      response.writeHead(status, headers as never).end(body);
    } else git(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  new BareRepository(path.join(served, 'team/project.git')).commit({ 'read.me': 'private words' });
  new BareRepository(path.join(served, 'team/other.git')).commit({ 'read.me': 'others' });
});
beforeEach(async () => {
  local = await localSupervisor(mkdtempSync(path.join(root, 'box-')));
  commands = new SupervisedCommands(local.supervisor);
  [events, addresses, instead] = [[], [PUBLIC], undefined];
  for (const list of [reached, heard]) list.length = 0;
});
afterEach(() => local.supervisor.close());
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

const repository = { url: URL, username: 'robot', password: SECRET };
const open = (options: EgressOptions = {}) => {
  const given = {
    repositories: [{ ...repository, ca }],
    onEvent: (event: EgressEvent) => events.push(event),
    ...options,
  };
  return Egress.open(local.supervisor, given, 'local', {
    resolve: async () => addresses,
    connect: (address, port) => {
      reached.push(`${address}:${port}`);
      return connect(leadsTo ?? (server.address() as AddressInfo).port, '127.0.0.1');
    },
  });
};
/** Without what this machine has of its own. */
const clean = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  http_proxy: undefined,
  HTTP_PROXY: undefined,
};
const run = (line: string, egress: Egress) =>
  commands.run(['sh', '-c', line], { env: { ...clean, ...egress.env }, timeoutMs: 30_000 });

/** Over a tunnel, where it is the sandbox that knows a password and checks the certificate. */
async function reach(egress: Egress, url = 'https://www.example.org/team/project.git') {
  await commands.run(['sh', '-c', 'cat >ca.crt'], { stdin: ca });
  const known = url.replace('://', `://robot:${SECRET}@`);
  return run(`GIT_SSL_CAINFO="$PWD/ca.crt" git ls-remote ${known}`, egress);
}

test('a private repository is cloned and fetched, and the sandbox never sees the token', async () => {
  const egress = await open();
  const result = await run(
    `git clone -q ${URL} project && cat project/read.me && git -C project fetch -q`,
    egress,
  );
  expect([result.exitCode, result.stdout.text, result.stderr.text]).toEqual([0, 'private words', '']);
  const looked = await run(`env; cat project/.git/config; grep -rc ${SECRET} . | grep -v ':0$'`, egress);
  const basic = Buffer.from(`robot:${SECRET}`).toString('base64');
  for (const secret of [SECRET, basic]) expect(looked.stdout.text).not.toContain(secret);
  // As it was asked for, so that it is the same repository outside.
  expect(readFileSync(path.join(local.cwd, 'project/.git/config'), 'utf8')).toContain(`url = ${URL}`);
  expect(new Set(reached)).toEqual(new Set([`${PUBLIC}:443`]));
  expect(events.map(({ kind, target, refused }) => [kind, target, refused])).toEqual(
    events.map(() => ['repository', URL, undefined]),
  );
  expect(events.length).toBeGreaterThan(1);
  expect(JSON.stringify(events)).not.toContain(SECRET);
  await egress.close();
});

test('nothing is pushed, and no other repository of the same token is read', async () => {
  const egress = await open();
  await run(`git clone -q ${URL} project`, egress);
  const push =
    'cd project && echo x >x && git add x && git -c user.name=a -c user.email=a@b.c commit -qm x && git push -q origin HEAD:main';
  const pushed = await run(push, egress);
  expect([pushed.exitCode === 0, pushed.stderr.text]).toEqual([false, expect.stringContaining('403')]);
  const other = await run(`git clone -q ${egress.env.HTTPS_PROXY}/repository/0/../other.git/ other`, egress);
  expect(other.exitCode).not.toBe(0);
  expect(heard.some((line) => line.includes('receive-pack') || line.includes('other'))).toBe(false);
  await egress.close();
  // Its twin is let to.
  const pushing = await open({ repositories: [{ ...repository, ca, allowPush: true }] });
  const again = await run('cd project && git push -q origin HEAD:refs/heads/mine', pushing);
  expect(again).toMatchObject({ exitCode: 0 });
  await pushing.close();
});

test('a host of the list is reached by TLS to its own certificate, another one is not, and nothing without TLS', async () => {
  const egress = await open({ hosts: ['www.example.org'] });
  const good = await reach(egress);
  expect([good.stdout.text, good.stderr.text]).toEqual([expect.stringContaining('refs/heads/main'), '']);
  const before = heard.length;
  for (const [url, why] of [
    ['https://example.org/', 'host'],
    [`https://${PUBLIC}/`, 'request'],
    ['https://169.254.169.254/latest/meta-data/', 'request'],
    ['https://www.example.org:8443/', 'request'],
  ]) {
    events = [];
    const refused = await reach(egress, url);
    expect([url, refused.exitCode, refused.stderr.text]).toEqual([url, 128, expect.stringContaining('403')]);
    expect(events.flatMap((event) => event.refused ?? [])).toEqual([why]);
  }
  const plain = await run(
    `git -c http.proxy=${egress.env.HTTPS_PROXY} ls-remote http://www.example.org/team/project.git`,
    egress,
  );
  expect([plain.exitCode, plain.stderr.text]).toEqual([
    128,
    expect.stringContaining('drydock: only CONNECT'),
  ]);
  expect([before > 0, heard.length]).toEqual([true, before]);
  await egress.close();
});

test('a name that leads into a private network is refused, in a tunnel and for a repository', async () => {
  const egress = await open({ hosts: ['www.example.org'] });
  for (const address of ['10.96.0.1', '169.254.169.254', '127.0.0.1', '::1', '::ffff:10.0.0.1']) {
    addresses = [PUBLIC, address];
    expect((await reach(egress)).exitCode).toBe(128);
    expect((await run(`git ls-remote ${URL}`, egress)).exitCode).toBe(128);
  }
  expect(new Set(events.map(({ refused }) => refused))).toEqual(new Set(['address']));
  expect([events.length, reached]).toEqual([10, []]);
  await egress.close();
});

test('a server that cannot show the name of the repository never hears the token, and one that leads elsewhere is not followed', async () => {
  const egress = await open({
    repositories: [{ ...repository, url: 'https://wrong.example.com/a.git', ca }],
  });
  expect((await run('git ls-remote https://wrong.example.com/a.git', egress)).exitCode).toBe(128);
  expect([heard, events.map(({ refused }) => refused)]).toEqual([[], ['unreachable']]);
  await egress.close();
  const other = await open();
  for (const [status, headers] of [
    [302, { location: 'https://evil.example.com/' }],
    [401, { 'www-authenticate': 'Basic realm="x"' }],
  ] as const) {
    instead = () => ({ status, headers, body: SECRET });
    const refused = await run(`git ls-remote ${URL}`, other);
    expect([refused.exitCode, refused.stderr.text]).toEqual([128, expect.stringContaining('502')]);
    expect(refused.stdout.text + refused.stderr.text).not.toContain(SECRET);
  }
  await other.close();
});

test('what has no end is broken off at its bound, and what waits for a connection gets one afterwards', async () => {
  // One that takes whatever comes, and never says anything.
  const sink = createSink((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  leadsTo = (sink.address() as AddressInfo).port;
  const egress = await open({ hosts: ['www.example.org'], maxBytes: 50_000, maxConnections: 1 });
  const { port } = new globalThis.URL(egress.env.HTTPS_PROXY!);
  // The sandbox is a process of this machine, and its 127.0.0.1 ours.
  const flood = connect(Number(port), '127.0.0.1').on('error', () => {});
  flood.write('CONNECT www.example.org:443 HTTP/1.1\r\n\r\n');
  const flooding = setInterval(() => flood.write(Buffer.alloc(10_000)), 1);
  await new Promise((resolve) => flood.once('close', resolve));
  clearInterval(flooding);
  expect(events).toMatchObject([{ kind: 'tunnel', target: 'www.example.org', refused: 'limit' }]);
  expect(events[0]!.sentBytes).toBeLessThan(2_000_000);
  sink.close();
  leadsTo = undefined;
  // The only place was taken by it, and is free again.
  const small = await Promise.all([reach(egress), reach(egress)]);
  expect(small.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  await egress.close();
  const after = await reach(egress);
  expect(after.exitCode).not.toBe(0);
});

test('the end of the supervisor ends it, and closing twice is closing once', async () => {
  const egress = await open();
  await egress.close();
  await egress.close();
  const again = await open();
  await local.supervisor.close();
  await again.close();
});
