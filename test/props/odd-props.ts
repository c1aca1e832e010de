import fc from 'fast-check';
import {
  ConfigBundle,
  defineSandbox,
  HelmTest,
  Migration,
  RolloutAnalysis,
  SandboxRbac,
  SandboxTemplate,
  SecureAgent,
  SecureCron,
  SecureService,
  SecureTask,
  SecureWorker,
} from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues } from '../../core/values';
import { anyJson } from '../support/any-json';
import { RBAC, SANDBOX } from '../support/valid-sandbox';
import { ON_OBJECTS } from './odd-on-objects';

/** Programs of one construct each whose props are right but for one place, anywhere in them. */

type Make = (chart: HelmChart, props: never) => unknown;

const sandbox = {
  ...SANDBOX,
  nodeSelector: { disk: 'fast' },
  runtimeClassName: 'gvisor',
  priorityClassName: 'low',
  imagePullPolicy: 'Always',
};
const sandboxOf = (given: unknown) =>
  defineSandbox({ install: defineValues({}), ...(given as object) } as never) as never;

const program = {
  image: 'example.com/app:1',
  command: ['run', { withVariables: '$(POD_IP)' }],
  env: { A: 'a', B: { secretName: 's', key: 'k' }, C: { configMapName: 'c', key: 'k', version: '1' } },
  resources: { cpu: '100m', memory: '64Mi', ephemeralStorage: '1Gi' },
  writable: ['/tmp', { path: '/cache', size: '1Mi', inMemory: true }],
};

const inPod = {
  claims: { '/shared': { claimName: 'shared', readOnly: true } },
  files: { '/etc/a.yaml': { configMapName: 'c', key: 'k' }, '/etc/tls': { secretName: 's', optional: true } },
  projected: {
    '/etc/parts': [
      { configMapName: 'c', key: 'k', path: 'a/b' },
      { secretName: 's', optional: true },
      { field: 'metadata.labels', path: 'labels' },
      { token: { audience: 'vault', expirationSeconds: 600 }, path: 'token' },
    ],
  },
  postStart: ['warm'],
  preStop: ['drain'],
  podResources: { cpu: '1', memory: '1Gi', cpuLimit: '2' },
  serviceAccount: { annotations: { 'example.com/role': 'r' } },
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
  dnsConfig: { options: [{ name: 'ndots', value: '2' }], nameservers: ['10.0.0.10'], searches: ['a.b'] },
};

const place = {
  nodeSelector: { disk: 'fast' },
  tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
      },
    },
  },
};

const oneShot = {
  ...program,
  ...place,
  imagePullPolicy: 'Always',
  imagePullSecrets: ['pull'],
  user: 1000,
  userFromCluster: false,
  labels: { team: 'a' },
};

/** Each export, with props of which every one is there. */
const EXPORTS: Readonly<Record<string, { readonly props: object; readonly make: Make }>> = {
  'SecureService, a Deployment': {
    props: {
      ...program,
      port: 8080,
      portName: 'http',
      appProtocol: 'http',
      args: ['a'],
      extraEnv: [{ name: 'D', value: 'd' }],
      envFrom: [{ configMapRef: { name: 'c' }, prefix: 'P_' }],
      imagePullPolicy: 'Always',
      imagePullSecrets: ['pull'],
      probes: {
        startup: { ask: { exec: { command: ['true'] } }, failureThreshold: 3 },
        liveness: { ask: { httpGet: { path: '/', port: 'http', scheme: 'HTTP' } }, periodSeconds: 5 },
        readiness: { ask: { tcpSocket: { port: 8080 } }, timeoutSeconds: 5, successThreshold: 1 },
      },
      ports: { metrics: { port: 9090, enabled: true } },
      recommendResources: true,
      replicas: 2,
      autoscaling: { minReplicas: 2, maxReplicas: 5, cpuPercent: 80, memoryPercent: 80 },
      disruptionBudget: { maxUnavailable: '25%' },
      spread: ['kubernetes.io/hostname'],
      preStopSeconds: 5,
      terminationGracePeriodSeconds: 30,
      runtimeClassName: 'gvisor',
      priorityClassName: 'low',
      servicePort: 80,
      serviceName: 'svc',
      nodePort: { port: 30_080, clients: ['10.0.0.0/8'] },
      ingress: {
        host: 'a.example.com',
        hosts: ['b.example.com'],
        paths: ['/', { path: '/b', exact: true }],
        className: 'nginx',
        annotations: { 'example.com/a': 'x' },
        tls: { secretName: 'cert' },
      },
      dns: {
        namespace: 'kube-system',
        labels: [{ 'k8s-app': 'dns' }],
        ports: [53],
        nodeRanges: ['10.0.0.10/32'],
      },
      egress: [{ cidr: '10.0.0.0/8', port: 443, protocol: 'TCP', except: ['10.1.0.0/16'] }],
      allowApiServer: { ranges: ['10.0.0.1/32'], ports: [6443] },
      httpRoute: {
        host: 'a.example.com',
        path: '/',
        gateway: { name: 'gate', namespace: 'gates', listener: 'https' },
        controllerNamespace: 'gates',
      },
      loadBalancer: { clients: ['10.0.0.0/8'], className: 'x.y/z', externalTrafficPolicy: 'Local' },
      serviceAnnotations: { 'example.com/lb': 'internal' },
      trafficDistribution: 'PreferClose',
      allowPrometheus: { namespace: 'monitoring', port: 9090, monitor: { path: '/m', interval: '30s' } },
      user: 10_001,
      addCapabilities: ['NET_BIND_SERVICE'],
      seccompProfile: { type: 'RuntimeDefault' },
      labels: { team: 'a' },
      annotations: { 'example.com/owner': 'a' },
      podAnnotations: { 'example.com/pod': 'a' },
      sidecars: [{ name: 'side', image: 'side:1', ports: [{ name: 'side', containerPort: 1 }] }],
      initContainers: [{ name: 'first', image: 'first:1', restartPolicy: 'Always' }],
      volumes: [{ name: 'more', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } }],
      volumeMounts: [{ name: 'more', mountPath: '/more', readOnly: true }],
      ...place,
    },
    make: (chart, props) => new SecureService(chart, 'api', props),
  },
  'SecureService, a StatefulSet': {
    props: {
      ...program,
      port: 5432,
      storage: {
        path: '/data',
        size: '1Gi',
        storageClassName: 'fast',
        accessMode: 'ReadWriteOnce',
        whenDeleted: 'Delete',
        whenScaled: 'Retain',
      },
      updateStrategy: { partition: 1 },
    },
    make: (chart, props) => new SecureService(chart, 'db', props),
  },
  'SecureService, a canary': {
    props: {
      ...program,
      port: 8080,
      delivery: {
        canary: {
          steps: [
            { setWeight: 25 },
            { pause: { duration: '10m' } },
            { analysis: { templates: ['errors'], args: { service: 'api' } } },
            {
              setHeaderRoute: {
                name: 'testers',
                match: [{ headerName: 'x-test', headerValue: { exact: 'yes' } }],
              },
            },
          ],
          analysis: { templates: ['errors'] },
          trafficRouting: {
            managedRoutes: [{ name: 'testers' }],
            istio: { virtualService: { name: 'api' } },
          },
          maxUnavailable: 1,
          maxSurge: '25%',
        },
      },
    },
    make: (chart, props) => new SecureService(chart, 'api', props),
  },
  'SecureService, blue-green': {
    props: {
      ...program,
      port: 8080,
      delivery: {
        blueGreen: {
          autoPromotion: false,
          autoPromotionSeconds: 60,
          before: { templates: ['errors'] },
          after: { templates: ['errors'], args: { service: 'api' } },
          keepSeconds: 30,
        },
      },
    },
    make: (chart, props) => new SecureService(chart, 'api', props),
  },
  RolloutAnalysis: {
    props: {
      prometheus: 'http://prometheus.monitoring:9090',
      metrics: {
        errors: {
          query: 'errors{service="{{args.service}}"}',
          success: 'result[0] < 0.05',
          count: 5,
          interval: '30s',
          initialDelay: '1m',
          failureLimit: 1,
        },
      },
      args: ['service'],
      name: 'errors',
      labels: { team: 'a' },
      annotations: { 'example.com/owner': 'a' },
    },
    make: (chart, props) => new RolloutAnalysis(chart, 'errors', props),
  },
  SecureWorker: {
    props: {
      ...program,
      ...place,
      ...inPod,
      updateStrategy: { type: 'RollingUpdate', maxUnavailable: '25%', maxSurge: 1 },
      liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
      startup: { ask: { exec: { command: ['true'] } }, failureThreshold: 3 },
      replicas: 2,
      autoscaling: {
        maxReplicas: 5,
        metrics: [
          {
            type: 'External',
            external: {
              metric: { name: 'queued', selector: { matchLabels: { queue: 'a' } } },
              target: { type: 'AverageValue', averageValue: '30' },
            },
          },
        ],
      },
      disruptionBudget: { maxUnavailable: 1 },
      terminationGracePeriodSeconds: 30,
    },
    make: (chart, props) => new SecureWorker(chart, 'work', props),
  },
  SecureCron: {
    props: {
      ...program,
      schedule: '30 3 * * mon-fri',
      timeZone: 'Europe/Berlin',
      concurrency: 'Forbid',
      startingDeadlineSeconds: 600,
      suspend: false,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      ttlSecondsAfterFinished: 60,
      backoffLimit: 2,
      activeDeadlineSeconds: 60,
    },
    make: (chart, props) => new SecureCron(chart, 'nightly', props),
  },
  SecureTask: {
    props: {
      ...program,
      run: '1',
      completions: 2,
      parallelism: 2,
      ttlSecondsAfterFinished: 60,
      backoffLimit: 2,
      activeDeadlineSeconds: 60,
    },
    make: (chart, props) => new SecureTask(chart, 'once', props),
  },
  SecureAgent: {
    props: {
      ...program,
      ...place,
      liveness: { none: 'it ends by itself' },
      hostPaths: [
        { path: '/var/log', mountPath: '/logs', type: 'Directory', writable: false, reason: 'ships logs' },
      ],
      hostNetwork: { reason: 'sees the traffic' },
      hostPID: { reason: 'names processes' },
      privileged: { reason: 'loads a program' },
      updateStrategy: { type: 'RollingUpdate', maxUnavailable: '10%' },
    },
    make: (chart, props) => new SecureAgent(chart, 'agent', props),
  },
  Migration: {
    props: {
      ...oneShot,
      backoffLimit: 2,
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 60,
      annotations: { 'example.com/wave': '1' },
      dns: { ports: [53] },
      serviceAccount: { annotations: { 'example.com/role': 'migrates' }, token: true },
      allowApiServer: { ranges: ['10.0.0.1/32'], ports: [6443] },
    },
    make: (chart, props) => new Migration(chart, 'migrate', props),
  },
  HelmTest: {
    props: {
      ...oneShot,
      activeDeadlineSeconds: 60,
      serviceAccount: { name: 'tester' },
    },
    make: (chart, props) => new HelmTest(chart, 'ask', props),
  },
  ConfigBundle: {
    props: {
      config: { LEVEL: 'info', 'a.json': '{}' },
      secrets: { TOKEN: { secretName: 's', key: 'k' } },
      labels: { team: 'a' },
    },
    make: (chart, props) => new ConfigBundle(chart, 'config', props),
  },
  SandboxTemplate: {
    props: { sandbox, name: 'template' },
    make: (chart, { sandbox, ...props }: { sandbox: unknown }) =>
      new SandboxTemplate(chart, 'template', { ...props, sandbox: sandboxOf(sandbox) }),
  },
  SandboxRbac: {
    props: {
      sandbox,
      ...RBAC,
      roleName: 'manager',
      allowDns: true,
      dns: { namespace: 'kube-system' },
      allowInternet: true,
    },
    make: (chart, { sandbox, ...props }: { sandbox: unknown }) =>
      new SandboxRbac(chart, 'rbac', { ...props, sandbox: sandboxOf(sandbox) } as never),
  },
  ...ON_OBJECTS,
};

type Path = readonly (string | number)[];

/** Every place in plain data. */
function placesIn(given: unknown, at: Path = []): Path[] {
  if (typeof given !== 'object' || given === null) return [at];
  if (![Object.prototype, Array.prototype].includes(Object.getPrototypeOf(given))) return [at];
  const inside = Object.entries(given).flatMap(([key, one]) => placesIn(one, [...at, key]));
  return at.length > 0 ? [at, ...inside] : inside;
}

function changed(given: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const copy = (Array.isArray(given) ? [...given] : { ...(given as object) }) as Record<string, unknown>;
  copy[key] = changed(copy[key], rest, to);
  return copy;
}

/** Texts and numbers that are near to what some field of Kubernetes takes, on either side of its rule. */
const NEAR = fc.constantFrom<unknown>(
  ...[
    'A',
    'a-',
    '-a',
    'a.b',
    'a..b',
    'a_b',
    'a/b',
    'a/b/c',
    '/a/../b',
    'a:b',
    '1a',
    'a\nb',
    'a\u0000b',
    ' a',
  ],
  ...['a'.repeat(15), 'a'.repeat(16), 'a'.repeat(63), 'a'.repeat(64), 'a'.repeat(253), 'a'.repeat(254)],
  ...[
    '0',
    '-1',
    '1.5',
    '1e3',
    '1Ki',
    '1.5Gi',
    '10 GB',
    '1m',
    '0.0001',
    '9999999999999999999',
    '100%',
    '101%',
  ],
  ...[
    '10.0.0.1/8',
    '10.0.0.0/33',
    '::/0',
    'fe80::1/64',
    '010.0.0.0/8',
    '10.0.0.0',
    '*.example.com',
    'a.b:80',
  ],
  ...[
    'None',
    'TCP',
    'Always',
    'HTTPS',
    'Exists',
    'example.com/a',
    'kubernetes.io/a',
    'app.kubernetes.io/name',
  ],
  ...[2, 15, 53, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 31)],
  ...[[], {}, [''], [{}], ['a', 'a'], { a: 'b' }, { 'a b': 'c' }, { '': '' }],
);

export interface OddProgram {
  readonly of: string;
  readonly at: Path;
  readonly given: unknown;
}

const oddProps = (of: string): fc.Arbitrary<OddProgram> =>
  fc.record({
    of: fc.constant(of),
    at: fc.constantFrom(...placesIn(EXPORTS[of]?.props)),
    given: fc.oneof({ weight: 3, arbitrary: NEAR }, { weight: 1, arbitrary: anyJson }),
  });

/** So that each export comes as often as the others, however many props it has. */
export const exportNames = Object.keys(EXPORTS);
export const oddPrograms = fc.oneof(...exportNames.map(oddProps));

/** The objects that the program comes to, as helm installs it; throws what it throws. */
export function objectsOf({ of, at, given }: OddProgram): JsonObject[] {
  const { props, make } = EXPORTS[of] as (typeof EXPORTS)[string];
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test' });
  make(chart, changed(props, at, given) as never);
  return Testing.synth(chart, { release: { service: 'Helm', namespace: 'ops' } }) as JsonObject[];
}

/** The same with nothing odd in them. */
export function rightObjects(of: string): JsonObject[] {
  return objectsOf({ of, at: [], given: (EXPORTS[of] as (typeof EXPORTS)[string]).props });
}
