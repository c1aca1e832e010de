import { type Cluster, type TestNamespace, until } from '../../cluster';
import { constantRequests, type Load } from '../secure-service/requests';
import { SECRETS, serviceNames, TAGS } from './stack';

/** What happened to a stack in one step, while its frontend was asked all the time. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly answered: number;
  readonly failures: readonly string[];
}

/** Which chart is installed where, and with what. */
export interface Release {
  readonly cluster: Cluster;
  readonly namespace: TestNamespace;
  /** The chart's folder or archive. */
  readonly chart: string;
  readonly valuesFile: string;
  readonly nodePort: number;
}

const secrets = Object.entries(SECRETS).flatMap(([name, keys]) =>
  Object.entries(keys).flatMap(([key, text]) => ['--set', `${name}.secrets.${key}=${text}`]),
);

const all = (path: string, value: string | number) =>
  serviceNames.flatMap((name) => ['--set', `${name}.${path}=${value}`]);

/** Install, upgrade to other images, roll back, scale up and down, uninstall: each timed, none may lose a request. */
export async function lifeCycle(release: Release): Promise<Step[]> {
  const { cluster, namespace, chart, valuesFile, nodePort } = release;
  const helm = (...args: readonly string[]) =>
    cluster.helm([...args, '-n', namespace.name, '--wait', '--timeout=120s']);
  const upgrade = (...more: readonly string[]) =>
    helm('upgrade', 'todo-app', chart, '-f', valuesFile, ...secrets, ...more);
  const steps: Step[] = [];
  let load: Load | undefined;
  const step = async (name: string, body: () => Promise<unknown>) => {
    const [before, failed] = [load?.answered() ?? 0, load?.failures().length ?? 0];
    const started = Date.now();
    await body();
    const failures = (load?.failures() ?? [])
      .slice(failed)
      .map(({ atMs, found }) => `after ${((atMs - started) / 1000).toFixed(1)} s: ${found}`);
    const seconds = (Date.now() - started) / 1000;
    steps.push({ name, seconds, answered: (load?.answered() ?? 0) - before, failures });
  };
  await step('install', () => helm('install', 'todo-app', chart, '-f', valuesFile, ...secrets));
  const port = await cluster.nodePort(nodePort);
  // The rules of a new node port reach the node some moments after the pods are ready.
  await until('the first answer', async () => {
    const first = constantRequests(port, 1);
    await until('a request', () => first.answered() + first.failures().length > 0);
    await first.stop();
    return first.failures().length === 0;
  });
  load = constantRequests(port, 2);
  try {
    await step('upgrade to other images', () => upgrade(...all('image.tag', TAGS[1])));
    await imagesAre(namespace, TAGS[1]);
    await step('roll back', () => helm('rollback', 'todo-app', '1'));
    await imagesAre(namespace, TAGS[0]);
    await step('scale from 1 to 3', () => upgrade(...all('replicas', 3)));
    await readyAre(namespace, 3);
    await step('scale from 3 to 1', () => upgrade());
    await readyAre(namespace, 1);
  } finally {
    await load.stop();
    load = undefined;
  }
  await step('uninstall', () => helm('uninstall', 'todo-app'));
  return steps;
}

async function imagesAre(namespace: TestNamespace, tag: string): Promise<void> {
  const path = 'jsonpath={.items[*].spec.template.spec.containers[*].image}';
  const images = (await namespace.kubectl(['get', 'deployments', '-o', path])).stdout.split(' ');
  const wrong = images.filter((image) => !image.endsWith(`:${tag}`));
  if (images.length !== serviceNames.length || wrong.length > 0)
    throw new Error(`expected ${serviceNames.length} images with the tag ${tag}, found ${images}`);
}

async function readyAre(namespace: TestNamespace, replicas: number): Promise<void> {
  const path = 'jsonpath={.items[*].status.readyReplicas}';
  const ready = (await namespace.kubectl(['get', 'deployments', '-o', path])).stdout.split(' ');
  if (ready.some((count) => count !== String(replicas)))
    throw new Error(`expected ${replicas} ready pods of each service, found ${ready}`);
}
