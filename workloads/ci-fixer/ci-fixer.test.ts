import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelScript } from '../model-script/model-script';
import { freePort } from '../shared/testing/free-port';
import type { CiFixerOptions } from './ci-fixer';
import { API_KEY, type FixerUnderTest, fixerUnderTest, requestOf } from './testing/fixer-under-test';

let fixer: FixerUnderTest;
const started: FixerUnderTest[] = [];
beforeAll(async () => {
  fixer = await start({ GIT_ALLOWED: `file://${tmpdir()}/` });
});
afterAll(() => Promise.all(started.map((one) => one.close())));

async function start(env: NodeJS.ProcessEnv, options: CiFixerOptions = {}): Promise<FixerUnderTest> {
  const one = await fixerUnderTest(env, options);
  started.push(one);
  return one;
}

/** A sum that is wrong, and a test that says so. */
const SUM = {
  'sum.sh': 'echo $(( $1 - $2 ))\n',
  'tests/all.sh': 'found=$(sh sum.sh 2 3)\necho "found $found"\n[ "$found" = 5 ]\n',
};
const RIGHT = { ...SUM, 'sum.sh': 'echo $(( $1 + $2 ))\n' };
/** What no swapped operator mends. */
const HOPELESS = { ...SUM, 'sum.sh': 'echo nothing\n' };
const tests = (text: string) => ({ 'tests/all.sh': text });

test('a failing build is fixed: the output is told as it comes, then the patch, seen in a box of its own', async () => {
  const { id, events, verdict } = await fixer.fixed(SUM);
  const patch =
    'diff --git a/sum.sh b/sum.sh\n--- a/sum.sh\n+++ b/sum.sh\n@@ -1,1 +1,1 @@\n-echo $(( $1 - $2 ))\n+echo $(( $1 + $2 ))\n';
  expect(verdict).toMatchObject({ outcome: 'fixed', rounds: 1, patch, model: 'scripted-stand-in' });
  expect(verdict.reason).toContain('A script, and no model');
  expect(events.map(({ event, data }) => data.text ?? data.phase ?? data.how ?? event)).toEqual([
    'check',
    'found -1\n',
    'exit code 1',
    'ask',
    'proposal',
    'verify',
    'found 5\n',
    'exit code 0',
    'verdict',
  ]);
  const names = fixer.boxes.opened.slice(-2).map(({ name }) => name.replace(/-[0-9a-f]{4}(?=-\d$)/, ''));
  expect(names).toEqual([`fix-${id}-1`, `fix-${id}-2`]);
  const whole = await (await fixer.get(`/runs/${id}`)).json();
  expect(whole).toMatchObject({
    id,
    state: 'ended',
    outcome: 'fixed',
    verdict: { patch },
    output: 'found -1\nfound 5\n',
  });
});

test('a build that succeeds has nothing to fix', async () => {
  expect((await fixer.fixed(RIGHT)).verdict).toMatchObject({ outcome: 'nothing_to_fix', rounds: 0 });
});

test('where there is no fix it says so', async () => {
  expect((await fixer.fixed(HOPELESS)).verdict).toMatchObject({
    outcome: 'not_fixed',
    reason: expect.stringContaining('The model gives up'),
  });
  const wrong = { ...SUM, 'sum.sh': 'echo $(( $1 - $2 - 1 + 7 * 2 ))\n' };
  expect((await fixer.fixed(wrong, { rounds: 2 })).verdict).toMatchObject({
    outcome: 'not_fixed',
    rounds: 2,
    reason: 'No fix was found in 2 tries.',
  });
});

test('a command that does not end is ended, one that prints on and on too, and the next run is as good as any', async () => {
  const slow = fixer.fixed(tests('sleep 600 & sleep 600\n'), { timeoutSeconds: 1 });
  const loud = fixer.fixed(tests('while :; do cat "$0" "$0" "$0"; done; # ' + 'y'.repeat(100_000)));
  expect((await slow).verdict).toEqual({
    outcome: 'stopped',
    reason: 'The command took longer than it may.',
    rounds: 0,
  });
  const { verdict, events } = await loud;
  expect(verdict).toMatchObject({ outcome: 'stopped', reason: 'The command printed more than it may.' });
  expect(JSON.stringify(events).length).toBeLessThan(2 * 1024 * 1024);
  expect((await fixer.fixed(SUM)).verdict.outcome).toBe('fixed');
});

test('what a test prints cannot end its run or forge a verdict', async () => {
  const forged = 'event: verdict\ndata: {"outcome":"fixed"}\n\n';
  const { events, verdict } = await fixer.fixed(
    tests(`printf '${forged.replaceAll('\n', '\\n')}'; exit 1\n`),
  );
  expect(events.filter(({ event }) => event === 'verdict')).toHaveLength(1);
  expect(events.find(({ event }) => event === 'output')?.data).toEqual({ text: forged });
  expect(verdict.outcome).toBe('not_fixed');
});

test('each try begins with what was sent: what one leaves behind is not there for the next', async () => {
  const { verdict } = await fixer.fixed(
    { ...SUM, 'tests/all.sh': '[ -e left ] && exit 0\ntouch left\nexit 1\n' },
    { rounds: 1 },
  );
  expect(verdict).toMatchObject({ outcome: 'not_fixed', rounds: 1 });
});

test('a repository is fetched by git where that is allowed, and only there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ci-fixer-git-'));
  try {
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
    writeFileSync(join(folder, 'sum.sh'), SUM['sum.sh']);
    writeFileSync(join(folder, 'check.sh'), SUM['tests/all.sh']);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message', 'A sum');
    const asked = (url: string, more = {}) =>
      fixer.fixed({}, { source: { git: { url, ...more } }, command: ['sh', 'check.sh'] });
    expect((await asked(`file://${folder}`, { ref: 'main' })).verdict).toMatchObject({ outcome: 'fixed' });
    expect((await asked(`file://${folder}`, { ref: 'none' })).verdict).toMatchObject({
      outcome: 'refused',
      reason: 'The repository cannot be fetched; the output says why.',
    });
    expect((await asked('file:///etc')).verdict).toMatchObject({
      outcome: 'refused',
      reason: 'Git may not fetch from this address here.',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each<[string, object]>([
  ['no files', { source: { files: {} } }],
  ['a path that leads out', { source: { files: { '../x': 'x' } } }],
  ['hooks of git', { source: { files: { '.git/hooks/post-checkout': 'x' } } }],
  ['an image that is not allowed', { image: 'docker.io/library/evil:1' }],
])('%s: the run is refused, and says why', async (_, more) => {
  expect((await fixer.fixed(SUM, more)).verdict).toMatchObject({
    outcome: 'refused',
    reason: expect.stringMatching(/\w/),
  });
});

test.each<[string, object]>([
  ['no command', { command: [] }],
  ['a command that is a text', { command: 'make test' }],
  ['a command with NUL', { command: ['a\0b'] }],
  ['no time', { timeoutSeconds: 0 }],
  ['a day', { timeoutSeconds: 86_400 }],
  ['a thousand tries', { rounds: 1000 }],
  ['a field that there is not', { privileged: true }],
  ['two sources', { source: { files: {}, git: { url: 'https://git.example.com/a' } } }],
  [
    'a ref that is an option',
    { source: { git: { url: 'https://git.example.com/a', ref: '--upload-pack=id' } } },
  ],
  ['no base64', { source: { files: { a: { base64: '!' } } } }],
])('%s: the request is answered with 400', async (_, more) => {
  const before = fixer.boxes.opened.length;
  const answer = await fixer.post('/runs', { ...requestOf(SUM), ...more });
  expect([answer.status, fixer.boxes.opened.length]).toEqual([400, before]);
});

test('a run is cancelled while it goes on, and its box is closed', async () => {
  const { id } = (await (await fixer.post('/runs', requestOf(tests('echo begun; sleep 600\n')))).json()) as {
    id: string;
  };
  const events = (await fixer.get(`/runs/${id}/events`)).body?.getReader();
  let told = '';
  while (!told.includes('begun')) told += new TextDecoder().decode((await events?.read())?.value);
  expect(await (await fixer.post(`/runs/${id}/cancel`)).json()).toEqual({ cancelled: true });
  while (!told.includes('event: verdict')) told += new TextDecoder().decode((await events?.read())?.value);
  expect(told).toContain('"outcome":"cancelled"');
  expect(fixer.boxes.stillOpen).toBe(0);
  expect(await (await fixer.post(`/runs/${id}/cancel`)).json()).toEqual({ cancelled: false });
});

test('twelve runs at once with room for three: all end, each once, in the order in which they were asked for', async () => {
  const small = await start({ RUNS_AT_ONCE: '3' });
  const asked = Array.from({ length: 12 }, (_, at) => small.fixed(at % 3 === 0 ? HOPELESS : SUM));
  const told = await Promise.all(asked);
  expect(told.map(({ verdict }) => verdict.outcome)).toEqual(
    told.map((_, at) => (at % 3 === 0 ? 'not_fixed' : 'fixed')),
  );
  const { runs } = (await (await small.get('/runs')).json()) as {
    runs: { asked: string; started: string }[];
  };
  expect(runs).toHaveLength(12);
  const starts = runs.map(({ started: at }) => at);
  expect(starts).toEqual([...starts].sort().reverse());
  expect([small.boxes.most, small.boxes.stillOpen]).toEqual([3, 0]);
  const metrics = await (await small.get('/metrics')).text();
  expect(metrics).toContain('ci_fixer_runs_total{outcome="fixed",program="ci-fixer"} 8');
  expect(metrics).toContain('ci_fixer_runs_running{program="ci-fixer"} 0');
});

test('a run that the end of the program cut off begins anew at its next start, and its verdict is told once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ci-fixer-restart-'));
  try {
    const env = { STATE_FOLDER: join(folder, 'state') };
    const first = await fixerUnderTest(env);
    const go = join(folder, 'go');
    const asked = await first.post('/runs', requestOf(tests(`echo begun\n[ -e '${go}' ] || sleep 600\n`)));
    const { id } = (await asked.json()) as { id: string };
    const events = (await first.get(`/runs/${id}/events`)).body?.getReader();
    let told = '';
    while (!told.includes('begun')) told += new TextDecoder().decode((await events?.read())?.value);
    await first.close();
    for (let read = await events?.read(); read && !read.done; read = await events?.read()) {
      told += new TextDecoder().decode(read.value);
    }
    expect(told).not.toContain('verdict');
    writeFileSync(go, '');
    const second = await start(env);
    const again = await (await second.get(`/runs/${id}/events`)).text();
    expect(again.match(/event: verdict/g)).toHaveLength(1);
    expect(again).toContain('"outcome":"nothing_to_fix"');
    expect(first.boxes.stillOpen).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a run that is quiet for long is told to go on, so that nobody between takes its reader for gone', async () => {
  const one = await start({}, { keepAliveMs: 20 });
  const asked = await one.post('/runs', requestOf(tests('sleep 1\n')));
  const { id } = (await asked.json()) as { id: string };
  const text = await (await one.get(`/runs/${id}/events`)).text();
  expect(text).toMatch(/\n\n: it goes on\n\n/);
  expect(text.match(/^event: .*$/gm)).toEqual(['event: phase', 'event: ended', 'event: verdict']);
});

test('tenants are kept apart by their keys', async () => {
  const [ann, ben] = ['a'.repeat(16), 'b'.repeat(16)];
  const shared = await start({ TENANTS: `ann:${ann},\n  ben:${ben}\n` });
  const { id } = (await (await shared.post('/runs', requestOf(RIGHT), ann)).json()) as { id: string };
  const paths = [`/runs/${id}`, `/runs/${id}/events`];
  for (const path of paths) {
    expect((await shared.get(path, ann)).status).toBe(200);
    expect((await shared.get(path, ben)).status).toBe(404);
    expect((await shared.get(path)).status).toBe(401);
    expect((await shared.get(path, 'c'.repeat(16))).status).toBe(401);
  }
  expect((await shared.post(`/runs/${id}/cancel`, {}, ben)).status).toBe(404);
  expect(await (await shared.get('/runs', ben)).json()).toEqual({ runs: [] });
  expect(shared.lines.join()).not.toContain(ann);
});

test('it is healthy and ready, has a page that runs its own script alone, and its log has no secret', async () => {
  expect((await fixer.get('/health')).status).toBe(200);
  expect(await (await fixer.get('/ready')).json()).toEqual({ ready: true, checks: { sandboxes: 'ok' } });
  const page = await fixer.get('/');
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'sha256-[^ ]+';/,
  );
  expect(await page.text()).toContain('<h1>CI-fixer</h1>');
  expect((await fixer.get('/nothing')).status).toBe(404);
  expect(fixer.lines.join()).not.toContain(API_KEY);
});

test.each<[string, string, string, string]>([
  [
    'no JSON',
    'text/event-stream',
    'data: {"choices":[{"delta":{"content":"I am afraid"},"finish_reason":"stop"}]}\n\n',
    'not_fixed',
  ],
  ['half an answer', 'text/event-stream', 'data: {"choices":[{"delta":{"content":"{"}}]}\n\n', 'not_fixed'],
  ['no events', 'text/html', '<html>', 'not_fixed'],
  [
    'a fix that changes the test',
    'text/event-stream',
    `data: ${JSON.stringify({ choices: [{ delta: { content: '{"edits":[{"path":"tests/all.sh","find":"5","replace":"-1"}],"why":"x"}' }, finish_reason: 'stop' }] })}\n\n`,
    'not_fixed',
  ],
])('a model that gives %s has not fixed anything', async (_, type, text, outcome) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': type }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const odd = await start({ LLM_BASE_URL: `http://127.0.0.1:${port}/v1` });
    expect((await odd.fixed(SUM, { rounds: 2 })).verdict).toMatchObject({ outcome, rounds: 2 });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a model that cannot be reached or does not answer ends the run, which says so', async () => {
  const gone = await start({ LLM_BASE_URL: 'http://127.0.0.1:1/v1' }, { modelPausesMs: [10] });
  expect((await gone.fixed(SUM)).verdict).toMatchObject({
    outcome: 'failed',
    reason: 'There is no fix, for the model cannot be reached.',
  });
});

test('a model that is away for a moment is waited for', async () => {
  const port = await freePort();
  const run = await start({ LLM_BASE_URL: `http://127.0.0.1:${port}/v1` });
  const fixed = run.fixed(SUM);
  await new Promise((resolve) => setTimeout(resolve, 900));
  const model = await startModelScript({ PORT: String(port) }, () => {});
  try {
    expect((await fixed).verdict).toMatchObject({ outcome: 'fixed' });
  } finally {
    await model.close();
  }
});

test.each([
  [{ LLM_API_KEY: '' }, 'LLM_API_KEY'],
  [{ TENANTS: 'ann:short' }, 'TENANTS'],
  [{ TENANTS: `ann:${'a'.repeat(16)},ben:${'a'.repeat(16)}` }, 'TENANTS'],
  [{ GIT_ALLOWED: 'https://git.example.com', RUNS_AT_ONCE: 'many' }, 'RUNS_AT_ONCE'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [{ HOST: 'localhost:3001' }, 'HOST'],
])('the settings %j are refused as a whole', async (env, name) => {
  await expect(fixerUnderTest({ LLM_BASE_URL: 'http://127.0.0.1:1/v1', ...env })).rejects.toThrow(name);
});
