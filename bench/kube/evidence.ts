/**
 * Breaks the way between `kube/` and a real cluster in every way we know, and writes what the caller saw to
 * docs/evidence/kube-faults.md: `npx tsx bench/kube/evidence.ts`. Any miss or wrong success ends it with an error.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { BUSYBOX_IMAGE, type Cluster, startCluster } from '../../cluster';
import { Connection, create, type ExecEnd, exec, get, remove, watch } from '../../kube';
import { type Fault, faultProxy } from '../../kube/testing-only/fault-proxy';
import { expectModelLaw } from '../../kube/testing-only/model-law';
import { pods, runPod } from '../../kube/testing-only/real-pod';
import { realSubject } from '../../kube/testing-only/real-subject';
import { type UpgradeFault, upgradeProxy } from '../../kube/testing-only/upgrade-proxy';
import {
  configMaps,
  expectWatchLaw,
  faults,
  namedScenarios,
  scenarios,
} from '../../kube/testing-only/watch-law';
import { configMap, outcome, type Row, refusalRows } from './refusals';

const root = path.join(__dirname, '..', '..');
const runsOfEachWatchFault = 12;
const runsOfEachExecFault = 15;
const runsOfTheLaw = Number(process.env.KUBE_LAW_RUNS ?? 1500);
/** What 100 MB may add to the memory of a process. */
const mostGrownMb = 32;

async function watchRows(connection: Connection): Promise<Row[]> {
  const rows: Row[] = [];
  const kinds = [
    'cut',
    'half-open',
    'end',
    'status',
    'expired',
    'duplicate',
    'replay',
    'garbage',
    'slow',
  ] as const;
  for (const kind of kinds) {
    const only = fc.array(
      faults.filter((fault): fault is Fault => fault.kind === kind),
      { minLength: 4, maxLength: 8 },
    );
    const samples = fc.sample(
      fc.tuple(scenarios, only).map(([scenario, chosen]) => ({ ...scenario, faults: chosen })),
      { numRuns: runsOfEachWatchFault, seed: 7 },
    );
    let [met, changes, missed] = [0, 0, 0];
    for (const [index, scenario] of samples.entries()) {
      const subject = await realSubject(connection, 'default', `${kind}-${index}`);
      try {
        const tally = await expectWatchLaw(subject, scenario, 60_000);
        met += tally.faultsMet;
        changes += tally.changes;
      } catch (breach) {
        // The law throws when a state is missed, made up or reported twice.
        process.stderr.write(`${kind}: ${breach}\n${JSON.stringify(scenario)}\n`);
        missed += 1;
      }
    }
    rows.push([
      `watch: ${kind}, ${met} times`,
      `${changes} changes, in order, then the state that is`,
      missed,
      '',
    ]);
  }
  return rows;
}

/** Random scenarios of faults, one after the other, against a server whose whole history is known. */
async function lawRow(): Promise<Row> {
  let [met, changes] = [0, 0];
  const law = fc.asyncProperty(scenarios, async (scenario) => {
    const tally = await expectModelLaw(scenario);
    met += tally.faultsMet;
    changes += tally.changes;
  });
  const examples = namedScenarios.map((scenario): [typeof scenario] => [scenario]);
  const details = await fc.check(law, { numRuns: runsOfTheLaw, seed: 7, examples });
  const { failed } = details;
  if (failed) process.stderr.write(`${fc.defaultReportMessage(details)}\n`);
  const fault = `watch: any faults, ${met} in ${runsOfTheLaw} generated scenarios, against a model of a server`;
  return [fault, `${changes} changes, in order, then the state that is`, Number(failed), ''];
}

async function restartRow(cluster: Cluster, connection: Connection): Promise<Row> {
  const watching = watch(connection, configMaps, { namespace: 'default', name: 'restart' });
  const told: string[] = [];
  const until = async (last: string) => {
    while (told.at(-1) !== last) told.push((await watching.next()).value!.type);
  };
  await until('synced');
  await create(connection, configMaps, configMap('restart'));
  await until('added');
  await cluster.restart('apiserver');
  await eventually(() => remove(connection, configMaps, { name: 'restart' }));
  await until('deleted');
  watching.close();
  const missed = ['synced', 'added', 'deleted'].filter((type) => !told.includes(type)).length;
  return ['watch: the API server is killed and comes back', told.join(', '), missed, ''];
}

async function eventually(act: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + 60_000;
  while ((await outcome(act())) !== 'success') {
    if (Date.now() > until) throw new Error('the API server did not come back');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function requestRows(connection: Connection): Promise<Row[]> {
  const credentials = await connection.credentials();
  const upstream = { url: connection.server.href, agent: credentials.calls, headers: credentials.headers };
  const script: ReadonlyArray<readonly [name: string, fault: Fault]> = [
    ['answer cut', { kind: 'cut', after: 0 }],
    ['answer never comes', { kind: 'half-open', after: 0 }],
    ['429, Retry-After 0', { kind: 'status', code: 429 }],
    ['500', { kind: 'status', code: 500 }],
  ];
  const rows: Row[] = [];
  for (const [index, [name, fault]] of script.entries()) {
    let first = true;
    const proxy = await faultProxy(upstream, () => {
      const now: Fault = first ? fault : { kind: 'none' };
      first = false;
      return now;
    });
    const through = proxy.connect({ namespace: 'default', deadlineMs: 1500 });
    const read = await outcome(get(through, configMaps, { name: 'kube-root-ca.crt' }));
    first = true;
    const made = await outcome(create(through, configMaps, configMap(`made-${index}`)));
    const exists = await outcome(get(connection, configMaps, { name: `made-${index}` }));
    const wrong =
      (made === 'success' && exists !== 'success') || (made.endsWith('none') && exists === 'success');
    const truth = exists === 'success' ? 'was made' : 'was not made';
    rows.push([`call: ${name}`, `get: ${read}; create: ${made} (the object ${truth})`, '', Number(wrong)]);
    await proxy.close();
  }
  return rows;
}

async function text(stream: Readable | undefined): Promise<string> {
  let all = '';
  for await (const chunk of stream ?? []) all += chunk;
  return all;
}

async function execRows(real: Connection): Promise<Row[]> {
  const command = ['sh', '-c', 'seq 1 20000; exit 0'];
  const whole = Array.from({ length: 20_000 }, (_none, index) => `${index + 1}\n`).join('');
  const attempt = async (connection: Connection): Promise<[end: ExecEnd, output: string]> => {
    const run = await exec(connection, {
      pod: 'faults',
      command,
      liveness: { pingMs: 100, silenceMs: 1500 },
    });
    run.stderr!.resume();
    const output = await text(run.stdout).catch(() => 'an error');
    return [await run.ended, output];
  };
  const [healthy, output] = await attempt(real);
  if (healthy.type !== 'exited' || output !== whole) throw new Error('the control without a fault failed');
  const rows: Row[] = [['exec: none (control)', 'exited 0 with all of its output', 0, 0]];
  const broken: ReadonlyArray<readonly [string, (index: number) => UpgradeFault]> = [
    ['reset before the first byte', () => ({ afterBytes: 0, breakBy: 'cut' })],
    ['reset somewhere', (index) => ({ afterBytes: 7 * 1.97 ** index, breakBy: 'cut' })],
    ['silence somewhere', (index) => ({ afterBytes: 7 * 1.97 ** index, breakBy: 'silence' })],
  ];
  for (const [name, faultOf] of broken) {
    const seen = new Map<string, number>();
    let wrong = 0;
    for (let index = 0; index < runsOfEachExecFault; index += 1) {
      const fault = faultOf(index);
      const proxy = await upgradeProxy(real, { ...fault, afterBytes: Math.floor(fault.afterBytes!) });
      const [end, got] = await attempt(proxy.connect({ namespace: 'default' }));
      const complete = end.type === 'exited' && end.exitCode === 0 && end.outputComplete;
      if (complete && got !== whole) wrong += 1;
      const what = end.type === 'unknown' ? `unknown (${end.error.code})` : complete ? 'all of it' : end.type;
      seen.set(what, (seen.get(what) ?? 0) + 1);
      await proxy.close();
    }
    rows.push([`exec: ${name}`, [...seen].map(([what, times]) => `${what} ${times}x`).join(', '), '', wrong]);
  }
  return rows;
}

async function lostPodRows(cluster: Cluster, connection: Connection): Promise<Row[]> {
  const start = () =>
    exec(connection, {
      pod: 'faults',
      command: ['sleep', '600'],
      liveness: { pingMs: 200, silenceMs: 5000 },
    });
  const told = (end: ExecEnd) => {
    const wrong = end.type === 'exited' && end.exitCode === 0 ? 1 : 0;
    const what = end.type === 'exited' ? `exited ${end.exitCode}` : `${end.type} (${end.error.code})`;
    return [what, '', wrong] as const;
  };
  const underServer = await start();
  await cluster.restart('apiserver');
  const server: Row = ['exec: the API server is killed under it', ...told(await underServer.ended)];
  await eventually(() => get(connection, pods, { name: 'faults' }));
  const underPod = await start();
  await remove(connection, pods, { name: 'faults' });
  return [server, ['exec: the pod is deleted under it', ...told(await underPod.ended)]];
}

function memoryRows(kubeconfig: string): Row[] {
  const script = path.join(root, 'kube/testing-only/slow-stream.ts');
  return (['out', 'in'] as const).map((direction) => {
    const program = ['--expose-gc', '--import', 'tsx', script];
    const args = [...program, direction, kubeconfig, 'default', 'faults'];
    const { grownBytes } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    const what =
      direction === 'out' ? '100 MB of output for a slow reader' : '100 MB of input for a slow command';
    const grownMb = grownBytes / 1e6;
    if (grownMb >= mostGrownMb) throw new Error(`${what} grew the process by ${grownMb} MB`);
    const sees = `all of it; the process grew by ${grownMb.toFixed(1)} MB at its peak, of ${mostGrownMb} that it may`;
    return [what, sees, '', 0];
  });
}

async function main(): Promise<void> {
  const cluster = await startCluster({ dns: false, networkPolicy: false });
  const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
  try {
    await runPod(connection, 'faults', BUSYBOX_IMAGE, 'sleep 36000');
    const rows = [
      ...(await watchRows(connection)),
      await lawRow(),
      await restartRow(cluster, connection),
      ...(await requestRows(connection)),
      ...(await refusalRows(connection)),
      ...(await execRows(connection)),
      ...memoryRows(cluster.kubeconfig),
      ...(await lostPodRows(cluster, connection)),
    ];
    const sum = (column: 2 | 3) => rows.reduce((total, row) => total + Number(row[column]), 0);
    const lines = [
      '# What `kube/` makes of faults',
      '',
      `Written by \`npx tsx bench/kube/evidence.ts\` against an embedded Kubernetes 1.34 cluster, Node ${process.version}.`,
      'A fault proxy sits between the client and the real API server. "Missed" counts events or states that the caller',
      'never saw, "wrong" successes that were none. A number that is not 0 ends the command with an error.',
      '',
      '| fault | what the caller sees | missed | wrong |',
      '|---|---|---|---|',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
      '',
      `**Events missed: ${sum(2)}. Wrong successes: ${sum(3)}.**`,
      '',
    ];
    mkdirSync(path.join(root, 'docs', 'evidence'), { recursive: true });
    writeFileSync(path.join(root, 'docs', 'evidence', 'kube-faults.md'), lines.join('\n'));
    process.stdout.write(lines.join('\n'));
    if (sum(2) + sum(3) > 0 || rows.some((row) => row[1].includes('NOT TYPED'))) process.exitCode = 1;
  } finally {
    connection.close();
    await cluster.stop();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
