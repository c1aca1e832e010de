import { type FieldsOf, type PropShape, prop } from '../../../core/props';
import { Expression } from '../../../core/template';
import type { EnvVar } from '../../../imports/k8s';
import { apiServer, dns, peers } from '../../network/shapes';
import { account } from '../account';
import { claim } from '../claims';
import type {
  ContainerProps,
  EgressRange,
  EscapeProps,
  LooseningProps,
  OutgoingProps,
  PodProps,
  RunningProps,
  WorkloadProps,
} from '../props';
import { startAfter } from '../start-after';
import { updateStrategy } from '../update-strategy';
import { envShape, files, word } from './env';
import { folder } from './folder';
import {
  autoscaling,
  dataList,
  disruptionBudget,
  imagePull,
  placement,
  podResources,
  replicas,
  resources,
  writable,
} from './parts';
import { projected } from './projected';
import { dnsConfig, hostAliases } from './resolver';

/** What each prop of a workload takes. Rules between two props are in checks.ts. */

const container = (unpinned: boolean): FieldsOf<ContainerProps> => ({
  image: prop.image({ unpinned }).required(),
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
  files,
  claims: prop.map(folder, claim, 'claims by path, such as { "/data": { claimName: "data" } }').inProgram(),
  projected,
  postStart: prop.list(word, { minItems: 1 }),
  preStop: prop.list(word, { minItems: 1 }),
  ...imagePull,
  writable,
});

const pod: FieldsOf<PodProps> = {
  ...placement,
  serviceAccount: account,
  startAfter,
  podResources,
  hostAliases,
  dnsConfig,
  priorityClassName: prop.objectName().orAbsent(),
  runtimeClassName: prop.objectName().orAbsent(),
  terminationGracePeriodSeconds: prop.integer({ min: 1, max: 1_000_000 }).orAbsent(),
};

const outgoing: FieldsOf<OutgoingProps> = {
  allowTo: peers,
  dns,
  egress: prop
    .list(
      prop.object<EgressRange>({
        cidr: prop.cidr().required(),
        port: prop.port().required(),
        protocol: prop.oneOf(['TCP', 'UDP', 'SCTP']),
        except: prop.list(prop.cidr()),
      }),
    )
    .inProgram(),
  allowApiServer: apiServer,
  networkPolicy: prop.boolean(),
};

const loosening: FieldsOf<LooseningProps> = {
  user: prop.integer().orAbsent(),
  userFromCluster: prop.boolean(),
  allowRoot: prop.flag(),
  allowUnpinnedImage: prop.flag(),
  allowWritableRoot: prop.flag(),
  allowPrivilegeEscalation: prop.flag(),
  addCapabilities: prop.list(
    prop.text({
      expected: 'a capability such as NET_BIND_SERVICE',
      remedy: 'Write it in capitals, without CAP_ in front.',
      pattern: '^(ALL|[A-Z]+(_[A-Z]+)*)$',
      also: (name) => !name.startsWith('CAP_'),
    }),
  ),
  seccompProfile: prop.data().orAbsent(),
  serviceAccountToken: prop.boolean(),
  serviceLinks: prop.flag(),
};

const hatches: FieldsOf<EscapeProps> = {
  name: prop.dnsLabel(),
  labels: prop.labels(prop.labelValue().orAbsent()).orAbsent(),
  annotations: prop.annotations().orAbsent(),
  podAnnotations: prop.annotations().orAbsent(),
  sidecars: dataList,
  initContainers: dataList,
  volumes: dataList,
  volumeMounts: dataList,
};

/** How many pods there are. */
export const running: FieldsOf<RunningProps> = {
  replicas,
  autoscaling,
  recommendResources: prop.boolean(),
  disruptionBudget,
  updateStrategy,
  spread: prop.byKind(
    { list: prop.list(prop.labelKey()).inProgram(), boolean: prop.exactly(false) },
    'a list of labels of nodes, or false',
  ),
};

/**
 * The shape of the props of a workload: those that all have, and its own.
 *
 * @param expected what is said where no object is given
 */
export function workloadShape<P extends WorkloadProps>(
  own: FieldsOf<Omit<P, keyof WorkloadProps>>,
  expected: string,
): (props: unknown) => PropShape {
  const shape = (unpinned: boolean) =>
    prop.object<P>(
      { ...container(unpinned), ...own, ...outgoing, ...loosening, ...hatches, ...pod } as FieldsOf<P>,
      { expected },
    );
  const [pinned, free] = [shape(false), shape(true)];
  return (props) =>
    (props as Partial<WorkloadProps> | null | undefined)?.allowUnpinnedImage === true ? free : pinned;
}
