import { ConfigBundle, SecureService } from '../../../constructs';
import { sandboxPolicy } from '../../../constructs/sandbox-rbac/policy/sandbox-policy';
import { Testing } from '../../../core/synth';
import { HelmChart, release } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import { defineSandbox, sandboxRun } from '../../../sandbox/spec';
import { type Examples, on } from '../example';

const REQUIRED = { image: 'example.com/app:1.2.3', port: 8080, resources: 'small' } as const;
const chart = (app = Testing.app(), id = 'shop') => new HelmChart(app, id, { description: 'd' });

/** A SecureService that would be right but for these props. */
const service = (what: string, props: object) =>
  on(what, () => new SecureService(chart(), 'api', { ...REQUIRED, ...props } as never));

const SANDBOX = {
  install: defineValues({ zone: value.dnsName({ default: 'a', doc: 'd' }) }),
  run: sandboxRun,
  namespace: 'boxes',
  serviceAccountName: 'sandbox',
  name: sandboxRun.name,
  image: sandboxRun.image,
  command: sandboxRun.command,
  env: sandboxRun.env,
  labels: sandboxRun.labels,
  deadlineSeconds: 60,
  cpu: '500m',
  memory: '512Mi',
  ephemeralStorage: '1Gi',
  workspaceSize: '256Mi',
  limits: { images: ['busybox:1'], deadlineSeconds: 60, cpu: '1', memory: '1Gi', ephemeralStorage: '1Gi' },
};
const sandbox = (changes: object) => defineSandbox({ ...SANDBOX, ...changes } as never);

/** Props of constructs. */
export const constructExamples: Examples = {
  CPU_LIMIT: service('a CPU limit below the request', {
    resources: { cpu: '500m', memory: '1Gi', cpuLimit: '400m' },
  }),
  ENV_NAME: service('a name that is no variable', { env: { '1A': 'x' } }),
  ENV_TWICE: service('a variable twice', { env: { A: 'x' }, extraEnv: [{ name: 'A', value: 'y' }] }),
  IMAGE_UNPINNED: service('an image that can change', { image: 'example.com/app:latest' }),
  KEY_UNKNOWN: on('a key that a ConfigBundle does not have', () =>
    new ConfigBundle(chart(), 'config', { config: { LEVEL: 'info' } }).env('LEVLE' as never),
  ),
  LABEL_INVALID: service('a label that is too long', { labels: { team: 'x'.repeat(80) } }),
  NAME_INVALID: service('a name in upper case', { name: 'Api' }),
  NAME_TAKEN: service('a sidecar that is named like the service', {
    sidecars: [{ name: 'app', image: 'proxy:1' }],
  }),
  NODE_PORT_RANGE: service('an invalid node port', { nodePort: { port: 8080 } }),
  NODE_PORT_TAKEN: on('a node port twice in one App', () => {
    const app = Testing.app();
    for (const id of ['one', 'two'])
      new SecureService(chart(app, id), 'api', { ...REQUIRED, nodePort: { port: 30_001 } });
  }),
  NO_RELEASE: on('a sandbox that is named after its release', () =>
    sandbox({ namespace: release.name }).job({
      install: {},
      run: { name: 'a', image: 'busybox:1', command: ['sh'] },
    } as never),
  ),
  PATH_TAKEN: service('a folder twice', { writable: ['/tmp', '/tmp/'] }),
  PEER_ELSEWHERE: on('a service of another App as a peer', () => {
    const db = new SecureService(chart(), 'db', REQUIRED);
    new SecureService(chart(), 'api', { ...REQUIRED, allowTo: [db] });
  }),
  PLAIN_INGRESS: service('an Ingress without TLS', { ingress: { host: 'shop.example.com' } }),
  PORT_RANGE: service('an invalid port', { port: 99_999 }),
  PORT_TAKEN: service('a port twice', { ports: { metrics: 8080 } }),
  PROP_INVALID: service('a uid below zero', { user: -1 }),
  PROP_MISSING: service('no image', { image: undefined }),
  PROP_UNKNOWN: service('a prop that is misspelt', { replcas: 2 }),
  QUANTITY_INVALID: service('an amount with a space', { resources: { cpu: '1', memory: '1 GB' } }),
  ROOT_USER: service('root', { user: 0 }),
  RUN_VALUE_UNBOUNDED: on('a value of the run that no bound holds', () =>
    sandboxPolicy(sandbox({ serviceAccountName: sandboxRun.name }) as never),
  ),
  SCALING_RANGE: service('more replicas at least than at most', {
    autoscaling: { minReplicas: 5, maxReplicas: 2 },
  }),
  SHUTDOWN_TIME: service('no time to end', { preStopSeconds: 31 }),
  VOLUME_UNKNOWN: service('a mount without its volume', {
    volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
  }),
};
