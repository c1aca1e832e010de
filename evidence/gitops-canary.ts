/**
 * Delivers the todo application from a repository to two clusters by an Application, with its API as a canary of Argo Rollouts: a
 * good version, one that fails its analysis and comes back by itself, and one that is mended, while users ask all the while. Writes
 * docs/evidence/gitops-canary.md, and ends with an error where it is not as it should be.
 *
 *     npx tsx evidence/gitops-canary.ts     needs root, Go, and the network at the first time; some seven minutes
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { tool, until } from '../cluster';
import { GitServer } from '../gitops/testing-only/git-server';
import { teachApplications } from '../test/gitops/world';
import { bundled } from '../test/support/bundled';
import { workloadImage } from '../test/workloads/images';
import { postgresImage } from '../test/workloads/postgres-image';
import { analysesIn, Diary, type Status } from './gitops-canary/diary';
import { type Chapter, during, failed, pageOf, type Trial } from './gitops-canary/page';
import { NAMESPACE, Place } from './gitops-canary/place';
import { chartFiles, RELEASE, valuesOf } from './gitops-canary/stack';
import { User } from './gitops-canary/user';
import { forget, type Version, versionsOfBackend } from './gitops-canary/versions';

const NAMES = ['home', 'west'] as const;
/** For what hangs. */
const WITHIN = { withinMs: 600_000, everyMs: 200 };
/** How long users go on with what a revision has come to before the next one is pushed. */
const QUIET_MS = 8_000;

const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

async function images() {
  const named = async (name: 'frontend' | 'mcp-server' | 'ai-agent') => workloadImage(`todo-${name}`);
  return {
    frontend: await named('frontend'),
    'mcp-server': await named('mcp-server'),
    'ai-agent': await named('ai-agent'),
    postgres: await postgresImage(),
  };
}

/** The controller as a process of its own, with the helm that is pinned here. */
async function startController(
  home: Place,
  folder: string,
): Promise<{ process: ChildProcess; said: string[] }> {
  const program = bundled('evidence/gitops-canary/controller.ts', folder);
  const programs = path.dirname(await tool('helm-4'));
  const child = spawn(process.execPath, [program, home.cluster.kubeconfig, mkdtempSync(`${folder}/store-`)], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, PATH: [programs, process.env.PATH].join(path.delimiter) },
  });
  const said: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => said.push(line));
  return { process: child, said };
}

/** What a person writes once: the Secrets, both Clusters, and the Application. */
function objects(server: GitServer, west: Place): readonly object[] {
  const cluster = (name: string, spec: object) => ({
    ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { name, labels: { tier: 'live' } } },
    spec: { ...spec, interval: '5s' },
  });
  const secret = (name: string, stringData: object) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData },
  });
  return [
    secret('git', { username: server.username, password: server.password, 'ca.crt': server.ca }),
    secret('west', { kubeconfig: readFileSync(west.cluster.kubeconfig, 'utf8') }),
    cluster('home', { inCluster: true }),
    cluster('west', { kubeconfig: { secret: 'west' } }),
    {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name: RELEASE } },
      spec: {
        source: { url: server.urlOf('todo'), path: 'deploy', secret: 'git' },
        render: {
          helm: {
            releaseName: RELEASE,
            valueFiles: ['values-dev.yaml', 'live.json'],
            kubeVersion: '1.34.0',
          },
        },
        destination: { clusterSelector: { matchLabels: { tier: 'live' } } },
        sync: { interval: '2s', timeout: '8m', rollback: true },
      },
    },
  ];
}

async function trial(folder: string, closing: (() => unknown)[]): Promise<Trial> {
  say('images');
  const others = await images();
  const versions = await versionsOfBackend();
  closing.push(() => forget(versions));
  const brought = [...Object.values(others), ...versions.map(({ image }) => image)];
  say('two clusters');
  const places = await Promise.all(
    NAMES.map(async (name) => {
      const place = await Place.open(name, folder, brought);
      closing.push(() => place.close());
      return place;
    }),
  );
  const [home, west] = places as [Place, Place];
  const server = await new GitServer().start();
  closing.push(() => server.stop());
  await teachApplications(home.cluster, home.connection);
  const controller = await startController(home, folder);
  closing.push(() => void controller.process.kill('SIGKILL'));

  const repository = server.repository('todo');
  const chart = chartFiles(folder);
  const push = (version: Version) => {
    const files = Object.entries(chart).map(([name, content]) => [`deploy/${name}`, content]);
    const live = JSON.stringify(valuesOf(others, version.image), null, 2);
    return repository.commit({ ...Object.fromEntries(files), 'deploy/live.json': live });
  };
  const diary = new Diary(places);
  closing.push(() => diary.stop());
  const explain = async () =>
    [
      JSON.stringify(await diary.status()),
      ...controller.said.slice(-10),
      ...places.map((one) => one.said()),
    ].join('\n');
  const chapters: Chapter[] = [];
  /** Pushes a version, and waits until the Application has come to an end with it. */
  const deliver = async (version: Version, quietMs: number) => {
    say(`revision ${version.name}, ${version.about}`);
    const pushedMs = Date.now();
    const commit = push(version);
    if (chapters.length === 0)
      for (const one of objects(server, west))
        await home.cluster.kubectl(['create', '-n', NAMESPACE, '-f', '-'], { input: JSON.stringify(one) });
    // Each goes back for itself: it is over when all have.
    const phase = version.isBroken ? 'Failed' : 'Healthy';
    const isOver = (status: Status) =>
      status.lastAttemptedRevision === commit &&
      status.clusters?.length === NAMES.length &&
      [status, ...status.clusters].every((one) => one.phase === phase) &&
      (version.isBroken || status.lastAppliedRevision === commit);
    const status = await until(
      `revision ${version.name} to come to an end`,
      async () => {
        const now = await diary.status();
        return isOver(now) ? now : undefined;
      },
      { ...WITHIN, explain },
    );
    const settledMs = Date.now();
    say(`  ${status.phase}: ${status.message}`);
    await pause(quietMs);
    chapters.push({ version, commit, pushedMs, settledMs, endMs: Date.now(), status });
  };

  const [first, ...next] = versions;
  await deliver(first!, 0);
  const users: User[] = [];
  for (const place of places) {
    const user = new User(await place.reach());
    await user.signUp();
    user.start();
    users.push(user);
  }
  closing.push(() => Promise.all(users.map((user) => user.stop())));
  await pause(QUIET_MS);
  for (const version of next) await deliver(version, QUIET_MS);
  await Promise.all(users.map((user) => user.stop()));
  const analyses = await Promise.all(places.map(analysesIn));
  await diary.stop();
  return { names: NAMES, chapters, lines: diary.lines, asked: users.map(({ asked }) => asked), analyses };
}

/** What is not as it should be. */
function problemsOf({ names, chapters, asked, analyses }: Trial): readonly string[] {
  const [, good, bad, mended] = chapters as [Chapter, Chapter, Chapter, Chapter];
  const problems: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) problems.push(what);
  };
  const ready = ({ status }: Chapter) => status.conditions?.find(({ type }) => type === 'Ready')?.reason;
  for (const one of [good, mended])
    expect(one.status.phase === 'Healthy', `${one.version.name} has not become healthy`);
  expect(bad.status.phase === 'Failed' && ready(bad) === 'RolledBack', 'the broken one was not taken back');
  expect(bad.status.lastAppliedRevision === good.commit, 'the good one is not what is in force after it');
  const [newest] = bad.status.history ?? [];
  expect(newest?.outcome === 'RolledBack' && newest.revision === bad.commit, 'history does not say so');
  names.forEach((name, at) => {
    const of = (chapter: Chapter) => failed(during(asked[at]!, chapter));
    for (const one of [good, mended])
      expect(of(one).length === 0, `${name}: ${of(one).length} requests failed during ${one.version.name}`);
    const others = of(bad).filter(({ question, found }) => question !== 'list' || found !== '500');
    expect(others.length === 0, `${name}: more than lists failed during ${bad.version.name}`);
    const after = of(bad).filter(({ sentAtMs }) => sentAtMs >= bad.settledMs);
    expect(after.length === 0, `${name}: requests failed after it was taken back`);
    expect(of(bad).length > 0, `${name}: no user met the broken version, so nothing was tried`);
    const phases = analyses[at]!.map(({ phase }) => phase).join();
    expect(phases === 'Successful,Failed,Successful', `${name}: the analyses were ${phases}`);
  });
  return problems;
}

const about =
  () => `Written by \`npx tsx evidence/gitops-canary.ts\`: two embedded clusters with Kubernetes 1.34, in each the real controller of Argo Rollouts 1.10 and a real Prometheus; the controller of Applications in the first of them, \`home\`, which is one of both. A repository has the chart of \`TodoStackChart\`
with [\`delivery\` of its backend](../guides/todo-stack.md#step-by-step), three pods of it, and a file of values; one Application with \`sync.rollback: true\` renders it by helm for both clusters. A push changes the tag of the backend and nothing else. The programs are those of [workloads/](../../workloads/), PostgreSQL is real, there is no model; of a version
one line of its JavaScript is another, its migration runs before it. The canary: a quarter of the pods, an analysis, half of them, five seconds, all.

${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}.`;

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-canary-'));
  const closing: (() => unknown)[] = [];
  try {
    const seen = await trial(folder, closing);
    writeFileSync(path.join(__dirname, '../docs/evidence/gitops-canary.md'), pageOf(seen, about()));
    const problems = problemsOf(seen);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    for (const close of closing.reverse()) await Promise.resolve(close()).catch(() => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

void main();
