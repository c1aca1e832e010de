import {
  ConfigBundle,
  Metric,
  Migration,
  Peer,
  SecureAgent,
  SecureCron,
  SecureService,
  SecureTask,
  SecureWorker,
} from '../../constructs';
import { App } from '../../core/synth';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';

const values = defineValues({
  tag: value.string({ default: '1.2.3', pattern: '^[a-z0-9.]+$', doc: 'Tag of every image' }),
  replicas: value.integer({ default: 2, min: 1, max: 20, doc: 'How many pods run' }),
  autoscaling: value.boolean({ default: true, doc: 'Let the load decide how many pods run' }),
  level: value.string({ default: 'info', pattern: '^[a-z]+$', doc: 'Log level' }),
  nodePort: value.integer({ default: 30_090, min: 30_000, max: 32_767, doc: 'Port on every node' }),
});

/** A stack that uses every construct and nearly every prop, for tests of what becomes of them. */
export function fullChart(): HelmChart {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'full', {
    description: 'A stack that uses everything',
    home: 'https://example.com',
    values,
  });
  const bundle = new ConfigBundle(chart, 'config', {
    config: { LEVEL: values.level },
    secrets: { PASSWORD: { secretName: 'database', key: 'password' } },
  });
  const db = new SecureService(chart, 'db', {
    image: text`registry.example.com/db:${values.tag}`,
    port: 5432,
    resources: 'medium',
    storage: { path: '/data', size: '1Gi' },
    env: bundle.env('PASSWORD'),
    writable: ['/tmp', { path: '/run/db', size: '1Mi', inMemory: true }],
  });
  new Migration(chart, 'migrate', {
    image: text`registry.example.com/api:${values.tag}`,
    command: ['migrate'],
    env: bundle.env('PASSWORD'),
    allowTo: [db],
  });
  const api = new SecureService(chart, 'api', {
    image: text`registry.example.com/api:${values.tag}`,
    port: 8080,
    ports: { metrics: 9090 },
    resources: { cpu: '100m', memory: '128Mi', cpuLimit: '1' },
    replicas: values.replicas,
    autoscaling: { enabled: values.autoscaling, maxReplicas: 5, memoryPercent: 80 },
    env: {
      ...bundle.env('LEVEL', 'PASSWORD'),
      NODE: { field: 'spec.nodeName' },
      MEMORY: { resource: 'limits.memory' },
    },
    allowTo: [db, Peer.cidr('10.0.0.0/8', { port: 443, except: ['10.1.0.0/16'] })],
    allowApiServer: true,
    serviceAccountToken: true,
    allowPrometheus: { namespace: 'monitoring', port: 9090 },
    nodePort: { port: values.nodePort },
    priorityClassName: 'system-cluster-critical',
    labels: { team: 'a' },
    annotations: { 'example.com/owner': 'a' },
    podAnnotations: { 'example.com/pod': 'a' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
  });
  new SecureService(chart, 'web', {
    image: text`registry.example.com/web:${values.tag}`,
    port: 8080,
    resources: 'small',
    replicas: 3,
    allowTo: [api],
    ingress: {
      host: 'full.example.com',
      className: 'nginx',
      tls: { secretName: 'certificate' },
      annotations: { 'cert-manager.io/cluster-issuer': 'ca' },
    },
  });
  new SecureWorker(chart, 'worker', {
    image: text`registry.example.com/api:${values.tag}`,
    resources: 'small',
    replicas: values.replicas,
    writable: ['/tmp'],
    liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
    autoscaling: {
      enabled: values.autoscaling,
      maxReplicas: 5,
      metrics: [Metric.external('queued', { perPod: 30, labels: { queue: 'mails' } })],
    },
    env: bundle.env('LEVEL', 'PASSWORD'),
    allowTo: [db, api],
  });
  new SecureCron(chart, 'nightly', {
    image: text`registry.example.com/api:${values.tag}`,
    command: ['report'],
    resources: 'small',
    schedule: '30 3 * * mon-fri',
    timeZone: 'Europe/Berlin',
    env: bundle.env('PASSWORD'),
    allowTo: [db],
  });
  new SecureTask(chart, 'backfill', {
    image: text`registry.example.com/api:${values.tag}`,
    command: ['backfill'],
    resources: 'small',
    completions: 4,
    parallelism: 2,
    run: '2025-06-01',
    env: bundle.env('PASSWORD'),
    allowTo: [db],
  });
  new SecureAgent(chart, 'watch', {
    image: text`registry.example.com/watch:${values.tag}`,
    resources: 'small',
    liveness: { none: 'it ends by itself when it fails' },
    everyNode: true,
  });
  return chart;
}
