import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { clusterCommand } from './cluster';
import { run } from './run';

jest.setTimeout(300_000);

const commands = { cluster: { summary: 'Runs a cluster.', load: async () => clusterCommand } };
const name = `cli-${randomBytes(3).toString('hex')}`;

async function drydock(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
  return { code: await run(argv, commands, io, process), ...said };
}

test('up leaves a cluster running that the other commands find, and down removes it', async () => {
  const up = await drydock('cluster', 'up', '--name', name, '--control-plane-only');
  expect(up).toMatchObject({ code: 0, out: expect.stringContaining(`cluster ${name} is ready after`) });
  try {
    expect((await drydock('cluster', 'status')).out).toContain(`cluster ${name} (control plane only)`);
    const kubeconfig = (await drydock('cluster', 'kubeconfig', '--name', name)).out.trim();
    expect(up.out).toContain(`export KUBECONFIG=${kubeconfig}`);
    const again = await drydock('cluster', 'up', '--name', name);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('NAME_TAKEN') });
    // In a process of its own: exec hands its terminal to the command.
    const main = path.join(__dirname, 'main.ts');
    const inside = ['cluster', 'exec', '--name', name, '--', 'kubectl', 'get', '--raw', '/version'];
    const said = execFileSync(process.execPath, ['--import', 'tsx', main, ...inside], { encoding: 'utf8' });
    expect(JSON.parse(said).gitVersion).toBe('v1.34.4');
    expect((await drydock('cluster', 'exec', '--name', name, '--', 'sh', '-c', 'exit 3')).code).toBe(3);
  } finally {
    expect(await drydock('cluster', 'down', '--name', name)).toMatchObject({ code: 0 });
  }
  const gone = await drydock('cluster', 'kubeconfig', '--name', name);
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('NOT_RUNNING') });
});

test.each([
  [['cluster', 'uq'], 'unknown command cluster uq'],
  [['cluster', 'up', '--nodes', '3'], '--nodes takes one of 1, 2, found "3"'],
  [['cluster', 'up', '--port', 'many'], '--port takes a number'],
  [['cluster', 'exec'], 'two dashes'],
  [['cluster', 'down', '--nmae', 'x'], 'did you mean --name?'],
])('a mistake in %j is named and ends with 2', async (argv, words) => {
  const { code, err } = await drydock(...argv);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
