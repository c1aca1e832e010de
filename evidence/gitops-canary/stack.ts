import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { backendValues, TodoStackChart } from '../../charts';
import { BUSYBOX_IMAGE } from '../../cluster';
import { type Delivery, RolloutAnalysis } from '../../constructs';
import { App } from '../../core/synth';
import type { HelmChart } from '../../core/tree';

export const RELEASE = 'todo-app';
export const BACKEND = `${RELEASE}-backend`;
export const NODE_PORT = 30_080;
export const SECRET = 'todo-secrets';
/** Where Prometheus is, in the network of either cluster. */
export const PROMETHEUS = 'http://10.89.0.2:9090';

const REQUESTS =
  'http_request_duration_seconds_count{version="{{args.version}}",route!~"/health|/ready|/metrics"';
const QUERY = `(sum(rate(${REQUESTS},status=~"5.."}[10s])) or vector(0)) / sum(rate(${REQUESTS}}[10s]))`;

/** A quarter of the pods first, then what users have been answered by them, then half, then all. */
function canary(chart: HelmChart): Delivery {
  const errors = new RolloutAnalysis(chart, 'errors', {
    prometheus: PROMETHEUS,
    metrics: {
      errors: {
        query: QUERY,
        success: 'result[0] < 0.05',
        initialDelay: '8s',
        interval: '4s',
        count: 3,
      },
    },
    args: ['version'],
  });
  const analysis = { templates: [errors], args: { version: backendValues.image.tag } };
  return {
    canary: { steps: [{ setWeight: 25 }, { analysis }, { setWeight: 50 }, { pause: { duration: '5s' } }] },
  };
}

/** The chart of the stack as a folder of files, by path. */
export function chartFiles(folder: string): Readonly<Record<string, Buffer>> {
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new TodoStackChart(app, RELEASE, { backend: { delivery: canary } });
  app.synth();
  const chart = path.join(folder, 'charts', RELEASE);
  const names = readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(chart, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(chart, name))]));
}

export type Images = Readonly<Record<'frontend' | 'mcp-server' | 'ai-agent' | 'postgres', string>>;

/** The values of a revision: all that differs between two of them is the tag of the backend. */
export function valuesOf(images: Images, backend: string): object {
  const existing = { secrets: { existingSecret: SECRET } };
  return {
    global: { testImage: BUSYBOX_IMAGE },
    frontend: {
      ...service(images.frontend, '160Mi'),
      ...existing,
      nodePort: { enabled: true, port: NODE_PORT },
    },
    backend: { ...service(backend, '160Mi'), ...existing, replicas: 3, authUrl: 'http://127.0.0.1:30080' },
    'mcp-server': service(images['mcp-server'], '160Mi'),
    'ai-agent': { ...service(images['ai-agent'], '160Mi'), ...existing },
    postgres: { enabled: true, ...service(images.postgres, '256Mi'), ...existing },
  };
}

function service(image: string, memory: string) {
  const at = image.lastIndexOf(':');
  return {
    image: { repository: image.slice(0, at), tag: image.slice(at + 1), pullPolicy: 'Never' },
    resources: { cpu: '20m', memory },
  };
}
