import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock, mistake } from '../testing-only/drydock';
import { listener } from '../testing-only/listener';
import { writeLocalKubeconfig } from '../testing-only/local-kubeconfig';
import { type RememberingServer, rememberingServer } from '../testing-only/remembering-server';
import { onClusters, type Work } from './on-clusters';
import { statusCommand } from './status';

jest.setTimeout(120_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-clusters-test-'));
const kubeconfig = path.join(folder, 'config');
let answerSlowly = () => {};
const servers: RememberingServer[] = [];

beforeAll(async () => {
  const isTime = new Promise<void>((resolve) => {
    answerSlowly = resolve;
  });
  const [well, broken, slow] = [
    await rememberingServer(),
    await rememberingServer(),
    await rememberingServer(isTime),
  ] as const;
  servers.push(well, broken, slow);
  well.remember('shop', [], 'good');
  broken.remember('shop', [], 'failed');
  slow.remember('shop', [], 'good');
  // Nobody listens at port 1.
  const ports = { well: well.port, broken: broken.port, slow: slow.port, away: 1 };
  writeLocalKubeconfig(kubeconfig, well.port, ports);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const server of servers) await server.close();
});

const said = (...argv: string[]) => drydock('status', 'shop', '--kubeconfig', kubeconfig, ...argv);
const status = (state: string) =>
  `release shop in namespace here, revision 10 (${state}) of 2026-01-02T00:00:00Z\n`;

test('a cluster that cannot be reached, or is slow, holds up no other, and the worst outcome is the exit code', async () => {
  const { io, said: heard } = listener();
  const out = (text: string) => {
    io.out(text);
    // The slow one answers when the others have been told.
    if (['== well ==', '== broken ==', '== away =='].every((title) => heard.out.includes(title)))
      answerSlowly();
  };
  const argv = [
    'shop',
    '--kubeconfig',
    kubeconfig,
    '--context',
    'slow,well',
    '--context',
    'away,broken,well',
  ];
  expect(await statusCommand(argv, { ...io, out })).toBe(1);
  expect(heard.out).toContain(`== well ==\n${status('good')}\n`);
  expect(heard.out).toContain(`== broken ==\n${status('failed')}\n`);
  expect(heard.out).toMatch(/== away ==\ndrydock: UNREACHABLE at .*\n\n/);
  expect(heard.out.split('== well ==')).toHaveLength(2);
  expect(heard.out).toMatch(/== slow ==\n.*\n\n4 clusters: 3 have answered, 1 failed \(away\)\n$/);
});

test('programs get one document, in the order that was asked for, with the error of each as its facts', async () => {
  const { code, out } = await said('--context', 'away,well', '-o', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    clusters: [
      { context: 'away', exitCode: 1, error: { code: 'UNREACHABLE', remedy: expect.any(String) } },
      { context: 'well', exitCode: 0, result: { release: 'shop', namespace: 'here' } },
    ],
  });
});

test('a context that is not there is an outcome of its own; a mistake in the command line is not', async () => {
  const { code, out } = await said('--context', 'well,nowhere');
  expect(code).toBe(1);
  expect(out).toMatch(/== nowhere ==\ndrydock: KUBECONFIG_INVALID .*"nowhere"/);
  expect(out).toContain(status('good'));
  expect(await said('--context', 'well,broken', '--timeout', 'soon')).toEqual(
    mistake('--timeout takes a time such as 90s or 5m, not "soon"', 'drydock status --help'),
  );
});

test('all well is 0, and one context alone is told without a title', async () => {
  expect(await said('--context', 'well,a')).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 clusters: each has answered\n'),
  });
  expect(await said('--context', 'well')).toEqual({ code: 0, out: status('good'), err: '' });
  expect(await said('--context', 'well,well,')).toEqual({ code: 0, out: status('good'), err: '' });
});

test('several kubeconfigs are several clusters: each by its current context, or by each that is named', async () => {
  const other = path.join(folder, 'other');
  writeLocalKubeconfig(other, servers[1]!.port, { well: servers[1]!.port, away: 1 });
  const byFile = await said('--kubeconfig', other, '--kubeconfig', kubeconfig);
  expect(byFile.code).toBe(1);
  expect(byFile.out).toContain(`== ${kubeconfig} ==\n${status('good')}\n`);
  expect(byFile.out).toContain(`== ${other} ==\n${status('failed')}\n2 clusters: each has answered\n`);
  const byBoth = await said('--kubeconfig', other, '--context', 'well,away', '-o', 'json');
  expect(JSON.parse(byBoth.out)).toMatchObject({
    clusters: [
      { kubeconfig, context: 'well', exitCode: 0 },
      { kubeconfig, context: 'away', exitCode: 1, error: { code: 'UNREACHABLE' } },
      { kubeconfig: other, context: 'well', exitCode: 1, result: { release: 'shop' } },
      { kubeconfig: other, context: 'away', exitCode: 1, error: { code: 'UNREACHABLE' } },
    ],
  });
});

test('a diff that fails on one cluster is 2, and the set is read once, before any cluster is asked', async () => {
  const missing = path.join(folder, 'missing.yaml');
  const refused = await drydock(
    'diff',
    'shop',
    missing,
    '--kubeconfig',
    kubeconfig,
    '--context',
    'well,away',
  );
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err.split('missing.yaml')).toHaveLength(2);
});

describe('a command that tells what it does meanwhile', () => {
  /** One that says two lines of each cluster, and fails on those named `broken`. */
  async function telling(command: string, context: readonly string[]) {
    const { io, said: heard } = listener();
    const ends: boolean[] = [];
    const values = { kubeconfig: [kubeconfig], context, output: 'text', 'allow-exec-plugin': false };
    const tells: ((text: string) => void)[] = [];
    const work: Work<undefined, string> = {
      ...{ command, release: 'shop', values, prepare: async () => undefined },
      act: async (deployer) => {
        tells.shift()?.('begun\n\nand on\n');
        const { revisions } = await deployer.status();
        if (revisions.at(-1)?.state === 'failed') throw new Error('no luck');
        return 'done';
      },
      ...{ text: (answer) => answer, json: JSON.stringify, code: () => 0 },
      told: (tell) => {
        tells.push(tell);
        return { onEvent: () => {}, end: (isWell) => ends.push(isWell) };
      },
    };
    const code = await onClusters(work, io);
    return { code, err: heard.err, out: heard.out, ends };
  }

  test('says of which cluster each line is, where there are several', async () => {
    const { code, out, err, ends } = await telling('apply', ['well', 'a']);
    expect({ code, ends }).toEqual({ code: 0, ends: [true, true] });
    expect(out).toContain('2 clusters: each has answered\n');
    const lines = (name: string) => `[${name}] begun\n\n[${name}] and on\n`;
    expect(err.split(/(?<=and on\n)/).sort()).toEqual([lines('a'), lines('well')]);
    expect((await telling('apply', ['well'])).err).toBe('begun\n\nand on\n');
  });

  test.each([
    ['apply', 1],
    ['diff', 2],
  ])('hears that %s has not gone well on a cluster that fails, and ends with %i', async (command, worst) => {
    const { code, out, ends } = await telling(command, ['broken', 'well']);
    expect({ code, ends: [...ends].sort() }).toEqual({ code: worst, ends: [false, true] });
    expect(out).toContain('2 clusters: 1 have answered, 1 failed (broken)\n');
  });
});
