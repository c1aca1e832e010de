import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { CiFixerChart } from '../charts';
import { TEMPLATE_KEY } from '../constructs/sandbox-template';
import { Testing } from '../core/synth';
import { Sandboxes } from '../sandbox';
import { localProgram } from '../sandbox/supervisor/testing-only/local-supervisor';
import { ScriptedCluster } from '../sandbox/testing-only/scripted-cluster';
import { drydock } from './testing-only/drydock';

// A person at a terminal, over a stand-in for the cluster whose containers have the real supervisor. The terminal of the
// person is a stand-in too; the one of the command is not.

jest.setTimeout(20_000);

const image = 'registry.example.com/tools:1.0.0';
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-sandbox-terminal-'));
const before = { ...process.env };
let cluster: ScriptedCluster;
let sandboxes: Sandboxes;
let id: string;

beforeAll(async () => {
  localProgram();
  // The stand-in has no API server that a sandbox could be kept from.
  const values = { sandbox: { namespace: 'boxes', images: [image], allowOpenStart: true } };
  const objects = Testing.synth(new CiFixerChart(Testing.app()), { values }) as readonly object[];
  const [text = ''] = objects.flatMap(
    (one) => (one as { data?: Record<string, string> }).data?.[TEMPLATE_KEY] ?? [],
  );
  process.env.SANDBOX_TEMPLATE = path.join(folder, 'template.json');
  process.env.KUBECONFIG = path.join(folder, 'config');
  process.env.TERM = 'vt100';
  writeFileSync(process.env.SANDBOX_TEMPLATE, text);
  cluster = await ScriptedCluster.start();
  const { kubeconfig } = cluster;
  writeFileSync(process.env.KUBECONFIG, (kubeconfig as unknown as { exportConfig(): string }).exportConfig());
  sandboxes = new Sandboxes({ template: text, namespace: 'boxes', kubeconfig });
  ({ id } = await sandboxes.claim({ values: { image } }));
});
afterAll(async () => {
  await sandboxes.close();
  await cluster.close();
  process.env = before;
  rmSync(folder, { recursive: true });
});

/** A person at a terminal: what they see, and what became of its modes. */
function person(isTTY = true) {
  const modes: boolean[] = [];
  const setRawMode = (mode: boolean) => modes.push(mode);
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 90, rows: 30 });
  for (const [name, value] of Object.entries({ stdin, stdout, stderr: new PassThrough() }))
    Object.defineProperty(process, name, { value, configurable: true });
  let seen = '';
  stdout.on('data', (bytes) => {
    seen += bytes;
  });
  const sees = async (text: string) => {
    while (!seen.includes(text)) await new Promise((resolve) => stdout.once('data', resolve));
    const shown = seen;
    seen = '';
    return shown;
  };
  return { stdin, stdout, modes, sees, seen: () => seen };
}

test('a shell at a terminal hears keys and sizes, and leaves the terminal as it was', async () => {
  const { stdin, stdout, modes, sees } = person();
  const ended = drydock('sandbox', 'shell', '--env', 'GREETING=hello', id);
  // What is typed before there is a prompt is typed all the same.
  stdin.write('echo $GREETING\n');
  await sees('hello\r\n');
  expect(modes).toEqual([true]);
  stdin.write('stty size; echo $TERM\n');
  expect(await sees('vt100\r\n')).toContain('30 90\r\n');
  Object.assign(stdout, { columns: 44, rows: 11 });
  stdout.emit('resize');
  stdin.write('stty size\n');
  await sees('11 44\r\n');
  stdin.write('exit 7\n');
  expect(await ended).toMatchObject({ code: 7 });
  expect(modes).toEqual([true, false]);
  expect([stdout.listenerCount('resize'), stdin.isPaused()]).toEqual([0, true]);
});

test('exec -t gives the terminal, escape sequences and all, and exec alone makes them visible', async () => {
  const argv = [id, '--', 'sh', '-c', "test -t 1 && printf '\\033[1mbold'"];
  const at = person();
  expect(await drydock('sandbox', 'exec', '-t', ...argv)).toMatchObject({ code: 0, out: '' });
  expect(at.seen()).toBe('\u001b[1mbold');
  expect(at.modes).toEqual([true, false]);
  const plain = person();
  expect(await drydock('sandbox', 'exec', ...argv)).toMatchObject({ code: 1 });
  expect(plain.modes).toEqual([]);
});

test('a command that cannot be started does not touch the terminal', async () => {
  const { modes } = person();
  expect(await drydock('sandbox', 'exec', '-t', id, '--', 'no-such-program')).toMatchObject({ code: 127 });
  expect(modes).toEqual([]);
});

test('the terminal is as it was also when the pod goes meanwhile', async () => {
  const box = await sandboxes.claim({ values: { image } });
  const { stdin, modes, sees } = person();
  const ended = drydock('sandbox', 'shell', box.id);
  stdin.write('echo $((6 * 7))\n');
  await sees('42\r\n');
  cluster.evict(box.id);
  expect(await ended).toMatchObject({ code: 125, err: expect.stringContaining('evicted') });
  expect(modes).toEqual([true, false]);
});

test.each([
  ['shell', ['shell', 'box']],
  ['exec -t', ['exec', '-t', 'box', '--', 'sh']],
  ['run -t', ['run', '--tty', '--image', image, '--', 'sh']],
])('%s without a terminal is a mistake, and no sandbox is made or entered', async (name, argv) => {
  person(false);
  const { length } = cluster.seen;
  expect(await drydock('sandbox', ...argv)).toMatchObject({
    code: 2,
    err: expect.stringContaining(`${name} needs a terminal for its input and its output`),
  });
  expect(cluster.seen).toHaveLength(length);
});
