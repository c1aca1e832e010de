import { rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { localProgram } from '../supervisor/testing-only/local-supervisor';
import { refusal, type ScriptedRuntime, scriptedRuntime, template } from '../testing-only/scripted-runtime';

// A stand-in for the cluster, the real supervisor, and a port of this machine for the API server that it tries: while
// something listens there, the network is open.

let runtime: ScriptedRuntime;
let apiServer: Server;
/** How often it was tried. */
let tries: number;

/** As templates are that do not say otherwise. */
const { allowsOpenStart: _, ...closing } = template;

beforeAll(() => localProgram());
beforeEach(async () => {
  // Of a Job that was killed before it started: its container is a process of this machine, and so is its /tmp.
  rmSync('/tmp/.drydock-gate', { force: true });
  tries = 0;
  apiServer = createServer((socket) => {
    tries += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => apiServer.listen(0, '127.0.0.1', resolve));
  const { port } = apiServer.address() as AddressInfo;
  const podEnv = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
  runtime = await scriptedRuntime({ podEnv });
});
afterEach(async () => {
  apiServer.close();
  await runtime.end();
});

const close = () => new Promise((resolve) => apiServer.close(resolve));

/** Whether it is still waited for, after it was tried some times more. */
async function isHeld(work: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  for (const before = tries; !isOver && tries <= before + 1; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return !isOver;
}

test('a claim is held until the network is closed, and its first command finds it so', async () => {
  const claiming = runtime.open({ template: closing }).claim();
  expect(await isHeld(claiming)).toBe(true);
  await close();
  const sandbox = await claiming;
  const tried = tries;
  expect((await sandbox.commands.run(['echo', 'there'])).stdout.text).toBe('there\n');
  expect(tries).toBe(tried);
});

test('a template that allows it is not tried at all', async () => {
  const sandbox = await runtime.sandboxes.claim();
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  expect(tries).toBe(0);
});

test.each([
  ['without files', undefined],
  ['with files', { 'a.txt': 'a' }],
])('a one-shot Job %s waits with its command', async (_, files) => {
  const command = ['node', '-e', 'console.log("ran")'];
  const starting = runtime.open({ template: closing }).job({ command, files });
  expect(await isHeld(starting)).toBe(true);
  await close();
  expect(await (await starting).outcome()).toMatchObject({ exitCode: 0 });
});

test('who enters is held as well, and leaves the sandbox as it was', async () => {
  const sandbox = await runtime.sandboxes.claim();
  const guests = runtime.open({ template: closing });
  const abort = new AbortController();
  const entering = guests.attach(sandbox.id, { signal: abort.signal });
  expect(await isHeld(entering)).toBe(true);
  abort.abort();
  expect((await refusal(entering)).code).toBe('Aborted');
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
});

test('a pool hands out what is closed, without a try at the claim', async () => {
  const pooled = runtime.open({ template: closing, pool: { warm: 1 } });
  const warming = pooled.warmUp();
  expect(await isHeld(warming)).toBe(true);
  await close();
  await warming;
  const tried = tries;
  expect((await pooled.claim({ ttl: 60 })).info).toEqual({ way: 'warm', from: 'own' });
  expect(tries).toBe(tried);
});

test('a claim that is given up meanwhile leaves nothing', async () => {
  const abort = new AbortController();
  const claiming = runtime.open({ template: closing }).claim({ signal: abort.signal });
  expect(await isHeld(claiming)).toBe(true);
  abort.abort();
  expect((await refusal(claiming)).code).toBe('Aborted');
  expect(runtime.cluster.jobs.all).toEqual([]);
});
