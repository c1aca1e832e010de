import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { CiFixerChart } from '../charts';
import { TEMPLATE_KEY } from '../constructs/sandbox-template';
import { Testing } from '../core/synth';
import { Sandboxes } from '../sandbox';
import { ScriptedCluster } from '../sandbox/testing-only/scripted-cluster';
import { drydock, mistake } from './testing-only/drydock';

/**
 * What runs in a sandbox, over a stand-in for the cluster whose images have no shell. The same in a process of its own is
 * in test/sandbox-runtime/cli-exit-codes.real.test.ts, and with a cluster in cli.real.test.ts there.
 */
const image = 'registry.example.com/tools:1.0.0';
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-sandbox-run-test-'));
const template = path.join(folder, 'template.json');
const before = { ...process.env };
let cluster: ScriptedCluster;

beforeAll(async () => {
  // Where nothing can try the network, commands start all the same.
  const values = { sandbox: { namespace: 'boxes', images: [image], allowOpenStart: true } };
  const objects = Testing.synth(new CiFixerChart(Testing.app()), { values }) as readonly object[];
  const texts = objects.flatMap(
    (one) => (one as { data?: Record<string, string> }).data?.[TEMPLATE_KEY] ?? [],
  );
  writeFileSync(template, texts.join());
  cluster = await ScriptedCluster.start({ hasShell: false });
  process.env.KUBECONFIG = path.join(folder, 'config');
  process.env.SANDBOX_TEMPLATE = template;
  const { kubeconfig } = cluster;
  writeFileSync(process.env.KUBECONFIG, (kubeconfig as unknown as { exportConfig(): string }).exportConfig());
});
afterAll(async () => {
  process.env = before;
  await cluster.close();
  rmSync(folder, { recursive: true });
});
function put(name: string, value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true });
}

/** `drydock sandbox ...` with these streams for those of the process, and what was written to them. */
async function sandbox(argv: readonly string[], input: '' | 'no end' | 'a terminal' = '') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (input === 'a terminal') Object.assign(stdin, { isTTY: true });
  else if (input !== 'no end') stdin.end(input);
  put('stdin', stdin);
  put('stdout', stdout);
  put('stderr', stderr);
  const { code, out, err } = await drydock('sandbox', ...argv);
  const written = { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  return { code, out, err, ...written, isInputGone: stdin.destroyed };
}

const jobs = () => cluster.jobs.all.map(({ metadata }) => metadata.name);
const SAYS = ['node', '-e', "console.log('out'); console.error('err'); process.exitCode = 3"];

test('run makes a sandbox for one command, has its outputs and its exit code, and leaves nothing', async () => {
  const argv = ['--image', image, '--ttl', '600', '--orphan-ttl', 'none', '--timeout', '60', '--', ...SAYS];
  const { err, ...said } = await sandbox(['run', ...argv]);
  expect(err).toMatch(/^(\w+ after \d\d?\.\d s(: .+)?\n)+$/);
  expect(said).toEqual({ code: 3, out: '', stdout: 'out\n', stderr: 'err\n', isInputGone: true });
  expect(jobs()).toEqual([]);
});

describe('a sandbox that is there', () => {
  let sandboxes: Sandboxes;
  let id: string;
  beforeAll(async () => {
    const { kubeconfig } = cluster;
    sandboxes = new Sandboxes({ template: readFileSync(template, 'utf8'), namespace: 'boxes', kubeconfig });
    ({ id } = await sandboxes.claim({ values: { image } }));
  });
  afterAll(() => sandboxes.close());

  test('runs a command with exec, and stays', async () => {
    const said = await sandbox(['exec', id, '--', 'echo', 'here']);
    expect(said).toMatchObject({ code: 0, err: '', stdout: 'here\n', stderr: '', isInputGone: true });
    expect(jobs()).toEqual([id]);
  });

  test('does not keep this program with input that has no end, however the command ends', async () => {
    const ran = await sandbox(['exec', id, '--', 'echo', 'here'], 'no end');
    expect(ran).toMatchObject({ code: 0, stdout: 'here\n', isInputGone: true });
    const refused = await sandbox(['exec', id, '--env', 'NAME', '--', 'true'], 'no end');
    expect(refused).toMatchObject({ code: 2, isInputGone: true });
  });

  test('does not read what a person types, who wants to end the command and not to feed it', async () => {
    const said = await sandbox(['exec', id, '--', ...SAYS], 'a terminal');
    expect(said).toMatchObject({ code: 3, stdout: 'out\n', isInputGone: false });
  });

  test('without the program says so, with the code of a shell', async () => {
    const said = await sandbox(['exec', id, '--', 'no-such-program']);
    expect(said).toMatchObject({ code: 127, stdout: '' });
    expect(said.err).toMatch(/^drydock: CommandNotStarted .*no-such-program/);
  });

  test.each(['NAME', '=x', ''])('takes no variable "%s"', async (variable) => {
    expect(await drydock('sandbox', 'exec', id, '--env', variable, '--', 'true')).toEqual(
      mistake(`--env takes NAME=VALUE, found "${variable}"`, 'drydock sandbox --help'),
    );
  });

  test('takes no timeout that is none', async () => {
    for (const timeout of ['0', '1.5', 'soon', ''])
      expect(await drydock('sandbox', 'exec', id, `--timeout=${timeout}`, '--', 'true')).toEqual(
        mistake(`--timeout takes a whole number of seconds, found "${timeout}"`, 'drydock sandbox --help'),
      );
  });
});
