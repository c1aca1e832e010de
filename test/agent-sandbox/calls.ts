import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import {
  agentSandboxPool,
  type BackendName,
  type Sandbox,
  SandboxError,
  type Sandboxes,
} from '../../sandbox';
import type { RuntimeInstallation } from '../sandbox-runtime/runtime';

/** One backend, with what both are asked for. */
export interface Side {
  readonly name: BackendName;
  readonly installation: RuntimeInstallation;
  readonly sandboxes: Sandboxes;
  /** Values of its pool. */
  readonly values: JsonObject;
  /** Another program. */
  open(): Sandboxes;
}

/** A call, and what it comes to in a few words. */
export interface Call {
  readonly name: string;
  /** What both say where they promise the same; the words of each where they do not. */
  readonly expected: string | Readonly<Record<BackendName, string>>;
  run(side: Side): Promise<string>;
}

const TTL = 120;

async function within(side: Side, body: (sandbox: Sandbox) => Promise<string>, more = {}): Promise<string> {
  const sandbox = await side.sandboxes.claim({ values: side.values, ttl: TTL, ...more });
  try {
    return await body(sandbox);
  } finally {
    await sandbox.close();
  }
}

const refusedBy = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof SandboxError ? error.code : String(error)),
  );

const bytes = randomBytes(100_000);

/** The API of sandboxes as a table: each row runs on both. */
export const CALLS: readonly Call[] = [
  {
    name: 'a command: user, output and exit code',
    expected: '10001, exit 3',
    run: (side) =>
      within(side, async ({ commands }) => {
        const { stdout, exitCode } = await commands.shell('id -u; exit 3');
        return `${stdout.text.trim()}, exit ${exitCode}`;
      }),
  },
  {
    name: 'environment and labels of a claim',
    expected: '7',
    run: (side) =>
      within(side, async ({ commands }) => (await commands.shell('echo $TASK')).stdout.text.trim(), {
        values: { ...side.values, env: { HOME: '/workspace', TASK: '7' } },
        labels: { build: '42' },
      }),
  },
  {
    name: 'a command that is over its time is ended with all that it started',
    expected: 'timedOut, 0 left',
    run: (side) =>
      within(side, async ({ commands }) => {
        const { outcome } = await commands.shell('sleep 777 & sleep 777', { timeoutMs: 500 });
        // Neither the shell that looks nor what it starts has the number in its own command line.
        const left = await commands.shell('grep -l 77[7] /proc/[0-9]*/cmdline 2>/dev/null | wc -l');
        return `${outcome}, ${left.stdout.text.trim()} left`;
      }),
  },
  {
    name: '100 kB written and read back',
    expected: 'the same bytes',
    run: (side) =>
      within(side, async ({ files }) => {
        await files.write('in.bin', bytes);
        return (await files.read('in.bin')).equals(bytes) ? 'the same bytes' : 'other bytes';
      }),
  },
  {
    name: 'a detached command, attached by another program',
    expected: 'hello, exit 0',
    run: (side) =>
      within(side, async ({ id, commands }) => {
        const { id: command } = await commands.start(['sh', '-c', 'sleep 1; echo hello'], { detached: true });
        const other = side.open();
        try {
          const entered = await other.attach(id);
          const handle = await entered.commands.attach(command);
          const { stdout, exitCode } = await handle.wait();
          return `${stdout.text.trim()}, exit ${exitCode}`;
        } finally {
          await other.close();
        }
      }),
  },
  {
    name: 'a checkpoint, and a claim that begins with it',
    expected: 'kept',
    run: async (side) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'drydock-agent-'));
      try {
        const sandbox = await side.sandboxes.claim({ values: side.values, ttl: TTL });
        await sandbox.files.write('prepared.txt', 'kept');
        const from = await sandbox.checkpoint(path.join(folder, 'one.checkpoint'));
        await sandbox.close();
        const read = async ({ files }: Sandbox) => (await files.read('prepared.txt')).toString();
        return await within(side, read, { from });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  },
  {
    name: 'processors and memory of a sandbox',
    expected: 'told',
    run: (side) =>
      within(side, async (sandbox) => (((await sandbox.stats()).memoryBytes ?? 0) > 0 ? 'told' : 'nothing')),
  },
  {
    name: 'the network is closed before the first command',
    expected: 'no way to the API server',
    run: (side) =>
      within(side, async ({ commands }) => {
        const address = '$KUBERNETES_SERVICE_HOST $KUBERNETES_SERVICE_PORT';
        const tried = await commands.shell(`nc -w 2 ${address} </dev/null`);
        return tried.exitCode === 0 ? 'it answers' : 'no way to the API server';
      }),
  },
  {
    name: 'release(), and attach() by its name',
    expected: 'still there',
    run: async (side) => {
      const sandbox = await side.sandboxes.claim({ values: side.values, ttl: TTL });
      await sandbox.files.write('left.txt', 'still there');
      await sandbox.release();
      const entered = await side.sandboxes.attach(sandbox.id);
      try {
        return (await entered.files.read('left.txt')).toString();
      } finally {
        await entered.close();
      }
    },
  },
  {
    name: 'the end of its ttl',
    expected: 'DeadlineExceeded',
    run: async (side) => {
      const sandbox = await side.sandboxes.claim({ values: side.values, ttl: 4 });
      const { code } = (await sandbox.ended) ?? {};
      await sandbox.close();
      return code ?? 'nothing';
    },
  },
  {
    name: 'extend() before that',
    expected: 'lives on',
    run: async (side) => {
      const sandbox = await side.sandboxes.claim({ values: side.values, ttl: 5 });
      await sandbox.extend(60);
      await new Promise((resolve) => setTimeout(resolve, 6_500));
      const { ok } = await sandbox.commands.run(['true']);
      await sandbox.close();
      return ok ? 'lives on' : 'over';
    },
  },
  {
    name: 'its pod is deleted by others',
    expected: 'PodLost, nothing left',
    run: async (side) => {
      const sandbox = await side.sandboxes.claim({ values: side.values, ttl: TTL });
      const { cluster, sandboxNamespace } = side.installation;
      const wait = '--wait=false';
      await cluster.kubectl(['delete', 'pod', sandbox.podName, '-n', sandboxNamespace, wait]);
      const { code } = (await sandbox.ended) ?? {};
      await sandbox.close();
      await nothingOf(side, sandbox.podName);
      return `${code}, nothing left`;
    },
  },
  {
    name: 'close({ wait: true })',
    expected: 'gone from its node',
    run: async (side) => {
      const sandbox = await side.sandboxes.claim({ values: side.values, ttl: TTL });
      await sandbox.close({ wait: true });
      await nothingOf(side, sandbox.podName);
      return 'gone from its node';
    },
  },
  {
    name: 'map() of three items',
    expected: '0 1 2',
    run: async (side) => {
      const outcomes = await side.sandboxes.map(
        [0, 1, 2],
        async (item, { commands }) => (await commands.run(['echo', String(item)])).stdout.text.trim(),
        { claim: { values: side.values, ttl: TTL }, parallel: 2 },
      );
      return outcomes.map((one) => (one.status === 'done' ? one.value : one.status)).join(' ');
    },
  },
  {
    name: 'a pod that gets a token of its account, made past the runtime',
    expected: 'denied by the policy',
    run: ({ name, installation }) =>
      name === 'jobs' ? looserJob(installation) : looserSandbox(installation),
  },
  {
    name: 'values that the pool has not',
    expected: { jobs: 'cold: values', 'agent-sandbox': 'TemplateMismatch' },
    run: (side) => {
      const values = { ...side.values, memory: '80Mi' };
      return refusedBy(within(side, async () => '', { values })).then(async (answer) =>
        answer === 'taken' ? within(side, async ({ info }) => wayOf(info), { values }) : answer,
      );
    },
  },
  {
    name: 'a name of its own',
    expected: { jobs: 'cold: name', 'agent-sandbox': 'warm' },
    run: (side) =>
      within(side, async ({ info }) => wayOf(info).split(' of ')[0]!, {
        values: { ...side.values, name: `mine-${randomBytes(3).toString('hex')}` },
      }),
  },
  {
    name: 'job(): a one-shot Job',
    expected: { jobs: 'exited', 'agent-sandbox': 'Unsupported' },
    run: async (side) => {
      try {
        const job = await side.sandboxes.job({ command: ['true'], values: side.values, ttl: TTL });
        const { outcome } = await job.outcome();
        await job.close();
        return outcome;
      } catch (error) {
        return error instanceof SandboxError ? error.code : String(error);
      }
    },
  },
];

const LOOSER = { automountServiceAccountToken: true };

async function looserJob(installation: RuntimeInstallation): Promise<string> {
  const job = installation.job({ name: 'looser' }) as {
    spec: { template: { spec: JsonObject } };
  } & JsonObject;
  const { template } = job.spec;
  const spec = { ...job.spec, template: { ...template, spec: { ...template.spec, ...LOOSER } } };
  const { message } = await installation.tryToCreate({ ...job, spec } as JsonObject);
  return message.includes(installation.policyName) ? 'denied by the policy' : message || 'admitted';
}

/** Whoever may write SandboxTemplates can ask for any pod: its controller is denied it all the same. */
async function looserSandbox(installation: RuntimeInstallation): Promise<string> {
  const { cluster, template, sandboxNamespace: namespace, policyName } = installation;
  const [of, pool] = agentSandboxPool({ template, namespace, values: installation.run() });
  const { podTemplate } = of.spec;
  const looser = { ...of.spec, podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, ...LOOSER } } };
  const claim = {
    apiVersion: of.apiVersion,
    kind: 'SandboxClaim',
    metadata: { name: 'looser', namespace },
    spec: { warmPoolRef: { name: pool.metadata.name } },
  };
  const items = [{ ...of, spec: looser }, pool, claim];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
  const answer = await until('the claim to be told of its pod', async () => {
    const path = "-o=jsonpath={.status.conditions[?(@.type=='Ready')].message}";
    const { stdout } = await cluster.kubectl(['get', 'sandboxclaim', 'looser', '-n', namespace, path]);
    return stdout.includes(policyName) || stdout.includes('Pod is') ? stdout : undefined;
  });
  await cluster.kubectl(['delete', '-n', namespace, '-f', '-', '--wait=false'], { input });
  return answer.includes(policyName) ? 'denied by the policy' : answer;
}

export function wayOf(info: Sandbox['info']): string {
  if (info.way === 'warm') return `warm of ${info.from}`;
  return info.way === 'cold' ? `cold: ${info.why}` : info.way;
}

async function nothingOf({ installation }: Side, pod: string): Promise<void> {
  const { cluster, sandboxNamespace } = installation;
  await until(`${pod} to be gone`, async () => {
    const { stdout } = await cluster.kubectl(['get', 'pods', '-n', sandboxNamespace, '-o', 'name']);
    return !stdout.split('\n').includes(`pod/${pod}`);
  });
}
