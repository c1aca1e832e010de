/**
 * The same calls with both backends on one embedded cluster with the real controller of agent-sandbox, and how long a
 * warm claim takes with each; writes docs/evidence/agent-sandbox.md. The controller is built the first time: minutes.
 *
 *     npx tsx evidence/agent-sandbox.ts [CLAIMS]
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Samples, table } from '../bench/sandbox/samples';
import { startCluster } from '../cluster';
import type { BackendName } from '../sandbox';
import { CALLS, type Side } from '../test/agent-sandbox/calls';
import { AgentSandboxController } from '../test/agent-sandbox/controller';
import { Sides } from '../test/agent-sandbox/sides';

const CLAIMS = Number(process.argv[2] ?? 40);
const WARM = 5;
const TTL = 120;

interface Row {
  readonly call: string;
  readonly answers: Readonly<Record<BackendName, string>>;
  readonly asExpected: boolean;
}

interface Times {
  readonly claim: Samples;
  readonly firstByte: Samples;
  warm: number;
}

async function main(): Promise<void> {
  const cluster = await startCluster({ dns: false });
  const controller = new AgentSandboxController();
  try {
    const sides = await Sides.install(cluster, controller, WARM);
    try {
      await sides.full();
      const rows: Row[] = [];
      for (const { name, expected, run } of CALLS) {
        const answers = {} as Record<BackendName, string>;
        for (const side of sides.all)
          answers[side.name] = await run(side).catch((error: Error) => error.message);
        const said = (one: BackendName) => (typeof expected === 'string' ? expected : expected[one]);
        const asExpected = sides.all.every((side) => answers[side.name] === said(side.name));
        rows.push({ call: name, answers, asExpected });
        process.stdout.write(
          `${asExpected ? 'as expected' : 'OTHERWISE'}: ${name}: ${JSON.stringify(answers)}\n`,
        );
      }
      const times = await measured(sides);
      writeFileSync(
        join(__dirname, '../docs/evidence/agent-sandbox.md'),
        page(controller.version, rows, times),
      );
      if (rows.some(({ asExpected }) => !asExpected)) process.exitCode = 1;
    } catch (error) {
      process.stderr.write(`${controller.said()}\n`);
      throw error;
    } finally {
      await sides.close();
    }
  } finally {
    await controller.stop();
    await cluster.stop();
  }
}

/** One claim at a time, the backends by turns, each with a pool that is full before. */
async function measured(sides: Sides): Promise<Record<BackendName, Times>> {
  const times = Object.fromEntries(
    sides.all.map(({ name }) => [name, { claim: new Samples(), firstByte: new Samples(), warm: 0 }]),
  ) as Record<BackendName, Times>;
  for (let round = 0; round < CLAIMS; round += 1) {
    await sides.full();
    for (const side of round % 2 === 0 ? sides.all : [...sides.all].reverse()) {
      await timed(side, times[side.name]);
    }
  }
  return times;
}

async function timed({ sandboxes, values }: Side, times: Times): Promise<void> {
  const sandbox = await times.firstByte.time(async () => {
    const claimed = await times.claim.time(() => sandboxes.claim({ values, ttl: TTL }));
    (await claimed.commands.run(['true'])).orThrow();
    return claimed;
  });
  if (sandbox.info.way === 'warm') times.warm += 1;
  await sandbox.close({ wait: true });
}

function page(version: string, rows: readonly Row[], times: Record<BackendName, Times>): string {
  const [ours, theirs] = [times.jobs, times['agent-sandbox']];
  const three = (samples: Samples) => [0.5, 0.95].map((at) => samples.quantile(at).toFixed(0)).join(' / ');
  const ratio = (of: 'claim' | 'firstByte', at: number) =>
    `${(theirs[of].quantile(at) / ours[of].quantile(at)).toFixed(1)}x`;
  const holding = rows.filter(({ asExpected }) => asExpected).length;
  return `# Both backends beside each other

Written by \`npx tsx evidence/agent-sandbox.ts\`: one embedded cluster, one namespace with the policy and the network of SandboxRbac, one template, and the controller of agent-sandbox ${version} as its makers publish it, built here and run beside the cluster.
What neither promises is in [the guide](../guides/sandbox.md#agent-sandbox), why it is so in [decision 0070](../decisions/0070-agent-sandbox.md).

${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}.

## The same calls

${holding} of ${rows.length} rows came to what was expected; rows whose two answers differ are what one of them does not do.

${table(
  ['call', "backend: 'jobs'", "backend: 'agent-sandbox'", 'as expected'],
  rows.map(({ call, answers, asExpected }) => [
    call,
    answers.jobs,
    answers['agent-sandbox'],
    asExpected ? 'yes' : 'no',
  ]),
)}

## A warm claim

${CLAIMS} claims of each, one at a time and by turns, with ${WARM} warm in each pool before; ms, p50 / p95. With Jobs a stream to the member is open before, and a claim is one patch. With agent-sandbox it is a claim, two writes of the controller, a look at whose the Sandbox is, and a new stream with the supervisor sent over it; that each command waits until the network is seen to be closed is in both.

${table(
  ['', "backend: 'jobs'", "backend: 'agent-sandbox'", 'ratio p50', 'ratio p95'],
  [
    ['claim()', three(ours.claim), three(theirs.claim), ratio('claim', 0.5), ratio('claim', 0.95)],
    [
      'claim() and a first command',
      three(ours.firstByte),
      three(theirs.firstByte),
      ratio('firstByte', 0.5),
      ratio('firstByte', 0.95),
    ],
    ['claims that were warm', `${ours.warm} of ${CLAIMS}`, `${theirs.warm} of ${CLAIMS}`, '', ''],
  ],
)}
`;
}

void main();
