import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Cluster, until } from '../../cluster';
import { constantRequests, type Load } from './requests';

/** What happened to a release in one step, while its users asked all the time. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly answered: number;
  readonly failures: readonly string[];
}

/** What is installed where, with what, and how users reach it. */
export interface Release {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
  /** The chart's folder or archive. */
  readonly chart: string;
  /** Options of helm that every step has. */
  readonly values: readonly string[];
  /** Image tags before and after the upgrade, and the options that set one. */
  readonly tags: readonly [before: string, after: string];
  readonly tag: (tag: string) => readonly string[];
  readonly replicas: (count: number) => readonly string[];
  readonly deployments: number;
  /** Opens the way of its users, as a port of this machine; asked once it is installed. */
  readonly open: () => Promise<number>;
}

/** Install, `helm test`, upgrade to other images, roll back, scale up and down, uninstall: each timed; what was not answered is listed. */
export async function lifeCycle(release: Release): Promise<Step[]> {
  const { cluster, namespace, name, chart, values, tags } = release;
  const helm = (...args: readonly string[]) =>
    cluster.helm([...args, '-n', namespace, '--wait', '--timeout=120s']);
  const upgrade = (...more: readonly string[]) => helm('upgrade', name, chart, ...values, ...more);
  const steps: Step[] = [];
  let load: Load | undefined;
  const step = async (title: string, body: () => Promise<unknown>) => {
    const [before, failed] = [load?.answered() ?? 0, load?.failures().length ?? 0];
    const started = Date.now();
    await body();
    const failures = (load?.failures() ?? [])
      .slice(failed)
      .map(({ atMs, found }) => `after ${((atMs - started) / 1000).toFixed(1)} s: ${found}`);
    const seconds = (Date.now() - started) / 1000;
    steps.push({ name: title, seconds, answered: (load?.answered() ?? 0) - before, failures });
  };
  await step('install', () => helm('install', name, chart, ...values, ...release.tag(tags[0])));
  const port = await release.open();
  await answering(port);
  load = constantRequests(port, 2);
  try {
    await step('helm test', () => cluster.helm(['test', name, '-n', namespace, '--timeout=120s']));
    await step('upgrade to another image', () => upgrade(...release.tag(tags[1])));
    await imagesAre(release, tags[1]);
    await step('roll back', () => helm('rollback', name, '1'));
    await imagesAre(release, tags[0]);
    await step('scale from 1 to 3', () => upgrade(...release.tag(tags[0]), ...release.replicas(3)));
    await readyAre(release, 3);
    await step('scale from 3 to 1', () => upgrade(...release.tag(tags[0])));
    await readyAre(release, 1);
  } finally {
    await load.stop();
    load = undefined;
  }
  await step('uninstall', () => helm('uninstall', name));
  if (steps.some(({ failures }) => failures.length > 0)) process.stderr.write(doorwaySays(cluster));
  return steps;
}

/** A connection that found no way to the cluster looks reset from outside; the doorway knows the reason. */
export function doorwaySays({ logsDirectory }: Pick<Cluster, 'logsDirectory'>): string {
  const lines = readFileSync(path.join(logsDirectory, '..', 'berth.log'), 'utf8').split('\n');
  return `--- the doorway of the cluster\n${lines.slice(-40).join('\n')}\n`;
}

/** The rules of a new Service reach the node some moments after the pods are ready. */
async function answering(port: number): Promise<void> {
  await until('the first answer', async () => {
    const first = constantRequests(port, 1);
    await until('a request', () => first.answered() + first.failures().length > 0);
    await first.stop();
    return first.failures().length === 0;
  });
}

async function imagesAre(release: Release, tag: string): Promise<void> {
  const images = await ofDeployments(release, '{.items[*].spec.template.spec.containers[*].image}');
  const wrong = images.filter((image) => !image.endsWith(`:${tag}`));
  if (images.length !== release.deployments || wrong.length > 0)
    throw new Error(`expected ${release.deployments} images with the tag ${tag}, found ${images}`);
}

async function readyAre(release: Release, replicas: number): Promise<void> {
  const ready = await ofDeployments(release, '{.items[*].status.readyReplicas}');
  if (ready.length !== release.deployments || ready.some((count) => count !== String(replicas)))
    throw new Error(`expected ${replicas} ready pods of each deployment, found ${ready}`);
}

async function ofDeployments({ cluster, namespace }: Release, path: string): Promise<string[]> {
  const { stdout } = await cluster.kubectl([
    ...['-n', namespace, 'get', 'deployments'],
    ...['-o', `jsonpath=${path}`],
  ]);
  return stdout.split(' ');
}

/** Every step that users see was seen by some of them, and all of them were answered. */
export function expectNothingLost(steps: readonly Step[]): void {
  expect(steps.flatMap(({ name, failures }) => failures.map((found) => `${name}: ${found}`))).toEqual([]);
  for (const { answered } of steps.slice(1, -1)) expect(answered).toBeGreaterThan(10);
}
