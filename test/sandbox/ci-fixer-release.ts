import path from 'node:path';
import { BASE_IMAGE, BUSYBOX_IMAGE, type Cluster, type TestNamespace } from '../../cluster';
import type { Release } from '../support/life-cycle';

export const IMAGE = 'localhost/ci-fixer';
export const TAGS = ['1.0.0-abc1234', '1.0.1-def5678'] as const;

/** Builds the placeholder program of CI-fixer, in two versions. */
export async function buildCiFixer(cluster: Cluster): Promise<void> {
  const context = path.join(__dirname, 'placeholder');
  for (const tag of TAGS)
    await cluster.buildImage({ tag: `${IMAGE}:${tag}`, context, args: { BASE: BASE_IMAGE } });
}

/** CI-fixer as a release that goes through its life. */
export function ciFixerRelease(cluster: Cluster, namespace: TestNamespace, chart: string): Release {
  return {
    cluster,
    namespace: namespace.name,
    name: 'ci-fixer',
    chart,
    values: [
      '--set',
      `image.repository=${IMAGE},testImage=${BUSYBOX_IMAGE},credentials.LLM_API_KEY=a,credentials.TENANTS=b`,
    ],
    tags: TAGS,
    tag: (tag) => ['--set', `image.tag=${tag}`],
    replicas: (count) => ['--set', `replicas=${count}`],
    deployments: 1,
    // No pod may call it; its own node may, as its health checks do.
    open: async () => {
      const { spec } = await namespace.get<{ spec: { clusterIP: string } }>('service', 'ci-fixer-app');
      return cluster.forward(spec.clusterIP, 3000);
    },
  };
}
