import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../../cluster';
import { type Connection, type KubeObject, list, resource, type Stored } from '../../kube';
import { Inside } from './inside';

interface Pod extends KubeObject {
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status?: { readonly podIP?: string; readonly phase?: string };
}

const pods = resource<Pod>('v1', 'Pod');
const EVERY_MS = 1_000;
const PORT = 8000;

/**
 * The real Prometheus in the network of a cluster, which reads the pods of the backend. Debian builds it without its own look at
 * Kubernetes, so the list of pods is written for it, with the tag of the image as `version`.
 */
export class Measured {
  readonly #prometheus: Inside;
  readonly #timer: NodeJS.Timeout;
  #last = '';

  constructor(cluster: Cluster, connection: Connection, namespace: string, folder: string) {
    mkdirSync(folder);
    const targets = path.join(folder, 'targets.json');
    writeFileSync(targets, '[]');
    const config = path.join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: backend, file_sd_configs: [{ files: ['${targets}'], refresh_interval: 2s }] }]
`,
    );
    this.#prometheus = new Inside(cluster, 'prometheus', [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${path.join(folder, 'data')}`],
      ...['--web.listen-address=0.0.0.0:9090', '--log.level=error'],
    ]);
    const write = async () => {
      const { items } = await list(connection, pods, {
        namespace,
        labelSelector: 'app.kubernetes.io/component=backend',
      });
      const text = JSON.stringify(items.flatMap(targetOf));
      if (text === this.#last) return;
      this.#last = text;
      writeFileSync(`${targets}.new`, text);
      renameSync(`${targets}.new`, targets);
    };
    // A cluster that does not answer for a moment is asked again.
    this.#timer = setInterval(() => void write().catch(() => {}), EVERY_MS);
  }

  said(): string {
    return this.#prometheus.said();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#prometheus.stop();
  }
}

function targetOf({ metadata, spec, status }: Stored<Pod>) {
  const { podIP, phase } = status ?? {};
  if (podIP === undefined || phase !== 'Running') return [];
  const version = spec.containers[0]!.image.split(':').at(-1)!;
  return [{ targets: [`${podIP}:${PORT}`], labels: { version, pod: metadata.name } }];
}
