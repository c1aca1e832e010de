import type { Cluster } from '../../cluster';
import type { JsonObject } from '../../core/template';

/** What the stand-in may write into a pod template, as Kueue does when it lets a Job start. */
export const WRITTEN_BY_KUEUE: JsonObject = {
  labels: {
    'kueue.x-k8s.io/podset': 'main',
    'kueue.x-k8s.io/local-queue-name': 'batch',
    'kueue.x-k8s.io/cluster-queue-name': 'all',
  },
  annotations: { 'kueue.x-k8s.io/workload': 'job-one-12345' },
};

/**
 * Stands in for Kueue, as the administrator of the cluster, who has the right that Kueue has: it lets a Job start and puts
 * it out, in the steps of Kueue's own controller (v0.17). The real one is in evidence/kueue.ts.
 */
export class KueueStandIn {
  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {}

  letStart(job: string, template: JsonObject = { metadata: WRITTEN_BY_KUEUE }): Promise<unknown> {
    return this.#patch(job, { spec: { suspend: false, template } });
  }

  /** Suspends it, forgets its start, and takes away what was written when it started. */
  async putOut(job: string): Promise<void> {
    const stopping = (value: string | null) => ({ annotations: { 'kueue.x-k8s.io/stopping': value } });
    await this.#patch(job, { metadata: stopping('true'), spec: { suspend: true } });
    await this.#patch(job, { status: { startTime: null } }, '/status');
    const none = (keys: object) => Object.fromEntries(Object.keys(keys).map((key) => [key, null]));
    const { labels, annotations } = WRITTEN_BY_KUEUE as { labels: object; annotations: object };
    const metadata = { labels: none(labels), annotations: none(annotations) };
    await this.#patch(job, { metadata: stopping(null), spec: { template: { metadata } } });
  }

  #patch(job: string, body: JsonObject, subresource = ''): Promise<unknown> {
    const path = `/apis/batch/v1/namespaces/${this.namespace}/jobs/${job}${subresource}`;
    return this.cluster.api.call('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  }
}
