import { type FieldsOf, prop } from '../../../core/props';
import { Expression } from '../../../core/template';
import type { EnvVar } from '../../../imports/k8s';
import { apiServer, dns, peers } from '../../network/shapes';
import type {
  EgressRange,
  EscapeProps,
  LooseningProps,
  NetworkProps,
  NodePortOptions,
  ProgramProps,
  PrometheusAccess,
  RunningProps,
  SecureServiceProps,
} from '../props';
import { envShape, word } from './env';
import {
  autoscaling,
  dataList,
  disruptionBudget,
  httpRoute,
  imagePull,
  ingress,
  placement,
  probes,
  replicas,
  resources,
  storage,
  writable,
} from './parts';

/** What each prop of a service takes. Rules between two props are in checks.ts. */

const program = (unpinned: boolean): FieldsOf<ProgramProps> => ({
  image: prop.image({ unpinned }).required(),
  port: prop.port().required(),
  portName: prop.portName(),
  appProtocol: prop.labelKey(),
  resources: resources.required(),
  command: prop.list(word, { minItems: 1 }),
  args: prop.list(word),
  env: envShape(),
  extraEnv: prop.byKind(
    {
      list: prop.list(
        prop.object<EnvVar>(
          {
            name: prop.envName().required(),
            value: prop.text({ minLength: 0, isSecret: true }),
            valueFrom: prop.data(),
          },
          { takesWhole: true },
        ),
      ),
      object: prop.custom((given) => given instanceof Expression, {
        expected: 'a list of variables as Kubernetes writes them, or a map value',
        remedy: 'Use `env` for a map that is written in the program.',
      }),
    },
    'a list of variables as Kubernetes writes them, or a map value',
  ),
  envFrom: dataList,
  ...imagePull,
  writable,
  storage,
  probes,
  ports: prop.map(prop.portName(), prop.port(), 'ports by name, such as { metrics: 9090 }'),
});

const seconds = prop.integer({ max: 1_000_000 });

const running: FieldsOf<RunningProps> = {
  replicas,
  autoscaling,
  disruptionBudget,
  spread: prop.byKind(
    { list: prop.list(prop.labelKey()), boolean: prop.exactly(false) },
    'a list of labels of nodes, or false',
  ),
  preStopSeconds: seconds,
  terminationGracePeriodSeconds: prop.integer({ min: 1, max: 1_000_000 }),
  priorityClassName: prop.objectName().orAbsent(),
  runtimeClassName: prop.objectName().orAbsent(),
};

const network: FieldsOf<NetworkProps> = {
  servicePort: prop.port(),
  serviceName: prop.serviceName(),
  nodePort: prop.object<NodePortOptions>(
    { port: prop.nodePort().required(), enabled: prop.boolean(), clients: prop.list(prop.cidr()) },
    { switchedBy: 'enabled' },
  ),
  ingress,
  httpRoute,
  allowFrom: peers,
  allowTo: peers,
  dns,
  egress: prop.list(
    prop.object<EgressRange>({
      cidr: prop.cidr().required(),
      port: prop.port().required(),
      protocol: prop.oneOf(['TCP', 'UDP', 'SCTP']),
      except: prop.list(prop.cidr()),
    }),
  ),
  allowApiServer: apiServer,
  allowPrometheus: prop.object<PrometheusAccess>({
    namespace: prop.dnsLabel().required(),
    port: prop.port(),
  }),
  networkPolicy: prop.boolean(),
};

const loosening: FieldsOf<LooseningProps> = {
  user: prop.integer(),
  userFromCluster: prop.boolean(),
  allowRoot: prop.flag(),
  allowUnpinnedImage: prop.flag(),
  allowWritableRoot: prop.flag(),
  allowPrivilegeEscalation: prop.flag(),
  allowPlainIngress: prop.flag(),
  addCapabilities: prop.list(
    prop.text({
      expected: 'a capability such as NET_BIND_SERVICE',
      remedy: 'Write it in capitals, without CAP_ in front.',
      pattern: '^(ALL|[A-Z]+(_[A-Z]+)*)$',
      also: (name) => !name.startsWith('CAP_'),
    }),
  ),
  seccompProfile: prop.data(),
  serviceAccountToken: prop.boolean(),
  serviceLinks: prop.flag(),
};

const hatches: FieldsOf<EscapeProps> = {
  name: prop.dnsLabel(),
  labels: prop.labels(),
  annotations: prop.annotations().orAbsent(),
  podAnnotations: prop.annotations().orAbsent(),
  sidecars: dataList,
  initContainers: dataList,
  volumes: dataList,
  volumeMounts: dataList,
  ...placement,
};

const shape = (unpinned: boolean) =>
  prop.object<SecureServiceProps>(
    { ...program(unpinned), ...running, ...network, ...loosening, ...hatches },
    { expected: 'an object with image, port and resources' },
  );
const pinned = shape(false);
const unpinned = shape(true);

/** What the props of a service take. */
export function shapeOfProps(props: unknown) {
  const { allowUnpinnedImage } = (props ?? {}) as Partial<SecureServiceProps>;
  return allowUnpinnedImage === true ? unpinned : pinned;
}
