import path from 'node:path';
import { BASE_IMAGE, BUSYBOX_IMAGE, type Cluster, type TestNamespace } from '../../cluster';
import type { JsonObject } from '../../core/template';
import type { Release } from '../support/life-cycle';

/** The services of the stack with placeholder programs: each answers HTTP on the port that the plan gives it. */
export const SERVICES = {
  frontend: { port: 3000, service: 'frontend-svc' },
  backend: { port: 8000, service: 'backend-svc' },
  'mcp-server': { port: 8001, service: 'mcp-svc' },
  'ai-agent': { port: 8002, service: 'ai-svc' },
} as const;

export type ServiceName = keyof typeof SERVICES;
export const serviceNames = Object.keys(SERVICES) as ServiceName[];

export const TAGS = ['1.0.0-abc1234', '1.0.1-def5678'] as const;
export const SECRETS = {
  frontend: { BETTER_AUTH_SECRET: 'session' },
  backend: { DATABASE_URL: 'postgres://db', BETTER_AUTH_SECRET: 'session' },
  'ai-agent': { OPENAI_API_KEY: 'model' },
} as const;

/** The options of helm that give the secrets. */
export const secretOptions = Object.entries(SECRETS).flatMap(([name, keys]) =>
  Object.entries(keys).flatMap(([key, text]) => ['--set', `${name}.secrets.${key}=${text}`]),
);

const ofAll = (value: string, given: string | number) =>
  serviceNames.flatMap((name) => ['--set', `${name}.${value}=${given}`]);

/** The stack as a release that goes through its life; the file holds `valuesFor` of the node port. */
export function stackRelease(
  where: Pick<Release, 'cluster' | 'namespace' | 'chart'>,
  nodePort: number,
  valuesFile: string,
): Release {
  return {
    ...where,
    name: 'todo-app',
    values: ['-f', valuesFile, ...secretOptions],
    tags: TAGS,
    tag: (tag) => ofAll('image.tag', tag),
    replicas: (count) => ofAll('replicas', count),
    deployments: serviceNames.length,
    open: () => where.cluster.nodePort(nodePort),
  };
}

/** Builds the images of all services, in two versions, under the names that the charts have as defaults. */
export async function buildImages(cluster: Cluster): Promise<void> {
  const context = path.join(__dirname, 'image');
  for (const name of serviceNames) {
    const args = { BASE: BASE_IMAGE, PORT: String(SERVICES[name].port) };
    for (const tag of TAGS)
      await cluster.buildImage({ tag: `docker.io/library/todo-${name}:${tag}`, context, args });
  }
}

/** Little enough that the whole stack, several times, fits on a test's node. */
const LITTLE = { resources: { cpu: '20m', memory: '64Mi' } };

/** Values for one stack among others: a node port of its own, little CPU and memory, and more where a test says so. */
export function valuesFor(
  nodePort: number,
  more: Readonly<Partial<Record<string, JsonObject>>> = {},
): JsonObject {
  const { global = {}, frontend = {}, ...others } = more;
  return {
    global: { testImage: BUSYBOX_IMAGE, ...global },
    frontend: { ...LITTLE, nodePort: { enabled: true, port: nodePort }, ...frontend },
    // A placeholder brings no database anywhere.
    backend: { ...LITTLE, migration: { enabled: false }, ...others.backend },
    'mcp-server': { ...LITTLE, ...others['mcp-server'] },
    'ai-agent': { ...LITTLE, ...others['ai-agent'] },
  };
}

export async function rolledOut(namespace: TestNamespace, timeout = '120s'): Promise<void> {
  const all = ['get', 'deployments', '-o', 'name'];
  for (const name of (await namespace.kubectl(all)).stdout.split('\n').filter(Boolean))
    await namespace.kubectl(['rollout', 'status', name, `--timeout=${timeout}`]);
}
