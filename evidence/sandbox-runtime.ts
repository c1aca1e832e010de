/**
 * Runs what docs/evidence/sandbox-runtime-law.md and docs/evidence/sandbox-cleanup.md state on the embedded cluster, and
 * writes both. The second waits for the time to live of Jobs, which is five minutes.
 *
 *     npx tsx evidence/sandbox-runtime.ts [--only law|cleanup]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../cluster';
import { readTemplate } from '../sandbox';
import { API_CALLS } from '../sandbox/spec';
import { changed } from '../test/sandbox/change';
import { difference, FOR_OTHER_SERVERS, granted, TRIED_IN_VAIN, used } from '../test/sandbox-runtime/audit';
import { type Killed, killAtEveryMoment, leak, lookFor, seeThemEnd } from '../test/sandbox-runtime/cleanup';
import { useEverything } from '../test/sandbox-runtime/every-call';
import { beyond, createdJob, LOOSENED, RUNS, SERVER_WRITTEN, sentBack } from '../test/sandbox-runtime/law';
import { grantedIn } from '../test/sandbox-runtime/role';
import { RuntimeInstallation } from '../test/sandbox-runtime/runtime';

const evidence = join(__dirname, '..', 'docs', 'evidence');
const GENERATED = '<!-- Written by `npx tsx evidence/sandbox-runtime.ts`; do not edit. -->';
const TTL = 45;

type Row = readonly (string | number)[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

async function versionOf(cluster: Cluster): Promise<string> {
  return (await cluster.api.call<{ gitVersion: string }>('GET', '/version')).gitVersion;
}

/** How many leaves a tree has. */
function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + leaves(each), 0);
}

async function lawDocument(cluster: Cluster): Promise<string> {
  const quota = { sandboxes: 10, cpu: '10', memory: '2Gi', ephemeralStorage: '40Gi' };
  const installation = await new RuntimeInstallation(cluster, { quota }).install();
  const sandboxes = installation.sandboxes();
  const runs: Row[] = [];
  for (const [title, given] of Object.entries(RUNS)) {
    const { planned, described, created } = await createdJob(installation, sandboxes, given);
    const same = (left: unknown, right: unknown) =>
      JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)) ? 'equal' : 'DIFFERENT';
    const more = beyond(created, planned).filter((path) => !SERVER_WRITTEN.includes(path));
    runs.push([
      title,
      leaves(planned),
      same(sentBack(created, planned), planned),
      same(described, planned),
      more.join(', ') || 'nothing',
    ]);
  }
  const job = readTemplate(installation.template).job(installation.run({ name: 'by-hand' }));
  const own = await installation.tryToCreate(job as never);
  const denied: Row[] = [];
  for (const [title, changes] of Object.entries(LOOSENED)) {
    const { status, message } = await installation.tryToCreate(changed(job as never, changes));
    denied.push([title, status, message.split('denied request: ')[1] ?? message]);
  }
  await useEverything(installation, sandboxes);
  const role = await grantedIn(installation);
  const calls = used(cluster, installation.username);
  const { notGranted, notUsed } = difference(role, calls);
  const why = (call: string) =>
    API_CALLS.find((line) => granted([rule(line)]).includes(call))?.why ?? 'NOT GRANTED';
  const mutants = role
    .filter((call) => !FOR_OTHER_SERVERS.includes(call))
    .map(
      (call) =>
        difference(
          role.filter((other) => other !== call),
          calls,
        ).notGranted.join() === call,
    );
  await sandboxes.close();
  await installation.remove();
  return [
    '# What the runtime creates, and what it is allowed',
    '',
    GENERATED,
    '',
    `Kubernetes ${await versionOf(cluster)}, the charts of CI-fixer, the runtime under the account that they let make sandboxes. The test`,
    '`test/sandbox-runtime/law.real.test.ts` demands the same.',
    '',
    '## The Job is the template, evaluated',
    '',
    'Each run was claimed, and its Job read back from the API server. "Plan" is the installed JSON evaluated with the values of the run.',
    '',
    table(
      ['run', 'places in the plan', 'created and plan', 'plan and description', 'fields that no plan has'],
      runs,
    ),
    '',
    `Not counted: what the API server writes into every Job (${SERVER_WRITTEN.map((path) => `\`${path}\``).join(', ')}, and the`,
    "Job controller's labels).",
    '',
    '## The policy admits it, and no looser copy',
    '',
    `The template's own Job, by the cluster's administrator: ${own.status}.`,
    '',
    table(['a copy with', 'status', 'what the policy says'], denied),
    '',
    '## Granted equals used',
    '',
    "Everything that the runtime can do was done once; this is what the API server's audit log has of its account.",
    '',
    table(
      ['call', 'why'],
      calls.allowed.map((call) => [call, why(call)]),
    ),
    '',
    `Used and not granted: ${notGranted.join(', ') || 'nothing'}. Granted and not used: ${notUsed.join(', ') || 'nothing'}. Asked for, to be refused:`,
    `${calls.refused.join(', ') || 'nothing'} (expected: ${TRIED_IN_VAIN.join(', ')}; preflight looks whether it may read the namespace). For other versions of the server only: ${FOR_OTHER_SERVERS.join(', ')}.`,
    `With one call left out of the Role the comparison names it: ${mutants.filter(Boolean).length} of ${mutants.length}.`,
    '',
  ].join('\n');
}

function rule({ resource, subresource, verbs }: (typeof API_CALLS)[number]) {
  return { resources: [subresource ? `${resource}/${subresource}` : resource], verbs };
}

/** Keys in one order, so that equal objects give equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

async function cleanupDocument(cluster: Cluster): Promise<string> {
  const installation = await new RuntimeInstallation(cluster).install();
  await leak(installation, 'leak');
  const killed = await killAtEveryMoment(installation, TTL);
  await seeThemEnd(installation, killed, true);
  const control = (await lookFor(cluster, installation.policyNamespace))('leak');
  await installation.remove();
  const worst = (at: (each: Killed) => number | undefined) =>
    Math.max(
      ...killed.map((each) => ((at(each) ?? Number.NaN) - (each.expiresAt ?? Number.NaN)) / 1000 || -999),
    );
  return [
    '# What a client leaves that was killed',
    '',
    GENERATED,
    '',
    `Kubernetes ${await versionOf(cluster)}. A client of the runtime was stopped at each of ${killed.length} moments with every connection open, and ended with`,
    `SIGKILL, a few side by side. Its sandbox had ${TTL} s; the template gives a finished Job 300 s. Nothing was cleaned up by hand. Seconds count from the expiry that was in force`,
    'when the client was killed. The test `test/sandbox-runtime/cleanup.real.test.ts` demands the same, up to the end of every process.',
    '',
    table(
      ['killed when', 'left', 'no process any more', 'nothing any more'],
      killed.map(({ moment, expiresAt, endedAt, goneAt }) => {
        if (expiresAt === undefined) return [moment, 'nothing', '-', '-'];
        const after = (at: number | undefined) =>
          at === undefined ? 'STILL THERE' : `${((at - expiresAt) / 1000).toFixed(1)} s`;
        return [moment, 'a Job', after(endedAt), after(goneAt)];
      }),
    ),
    '',
    `The last process ended ${worst(({ endedAt }) => endedAt).toFixed(1)} s after its expiry, the last object was gone ${worst(({ goneAt }) => goneAt).toFixed(1)} s after it (time to live 300 s, and what the`,
    'controller takes to notice). Control: the same Job without deadlines, made by hand in a namespace without the policy, ' +
      `${control.mayRun ? 'still ran at the end' : 'DID NOT RUN ANY MORE'}.`,
    '',
    'Deletes carry the UID: who closes a sandbox that is gone does not delete another one of its name (same test).',
    '',
  ].join('\n');
}

async function main([flag, only]: readonly string[]): Promise<void> {
  const documents = { law: lawDocument, cleanup: cleanupDocument };
  const wanted = flag === '--only' ? [only] : Object.keys(documents);
  const cluster = await startCluster();
  try {
    if (wanted.includes('law')) {
      writeFileSync(join(evidence, 'sandbox-runtime-law.md'), await lawDocument(cluster));
    }
    if (wanted.includes('cleanup')) {
      writeFileSync(join(evidence, 'sandbox-cleanup.md'), await cleanupDocument(cluster));
    }
  } finally {
    await cluster.stop();
  }
}

void main(process.argv.slice(2));
