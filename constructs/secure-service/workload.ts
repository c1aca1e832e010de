import type { IConstruct } from 'constructs';
import { carriedNode, type Templated, text } from '../../core/template';
import type { Deployment, PodTemplateSpec, Service, StatefulSet } from '../../imports/k8s';
import { filled, nonEmptyMap, pick } from '../condition';
import { type Identity, type Labels, withLabels } from '../identity';
import { checksums, contentsInChart } from './contents';
import { contentsOfEnv } from './env';
import { podSpec } from './pod';
import type { SecureServiceProps } from './props';
import { appProtocolOf, portNameOf, servicePortOf } from './protocol';
import { type Reference, referencesOfBlocks, referencesOfEnv } from './references';
import { replicas } from './scaling';
import { type Storage, volumeClaim } from './storage';

type Manifest<T extends { readonly apiVersion: string; readonly kind: string }> = Pick<
  T,
  'apiVersion' | 'kind'
> &
  Templated<Omit<T, 'apiVersion' | 'kind'>>;

export function deployment(
  construct: IConstruct,
  identity: Identity,
  props: SecureServiceProps,
): Manifest<Deployment> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: identity.name, labels: identity.labels, annotations: props.annotations },
    spec: {
      replicas: replicas(props) as number,
      // No pod stops before the next one takes requests.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: identity.selectorLabels },
      template: podTemplate(construct, identity, props),
    },
  };
}

export function statefulSet(
  construct: IConstruct,
  identity: Identity,
  props: SecureServiceProps & { readonly storage: Storage },
): Manifest<StatefulSet> {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: identity.name, labels: identity.labels, annotations: props.annotations },
    spec: {
      replicas: replicas(props) as number,
      serviceName: headlessName(identity),
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: identity.selectorLabels },
      template: podTemplate(construct, identity, props),
      volumeClaimTemplates: [volumeClaim(props.storage, identity.selectorLabels)],
    },
  };
}

function podTemplate(
  construct: IConstruct,
  { name, selectorLabels, podLabels }: Identity,
  props: SecureServiceProps,
): Templated<PodTemplateSpec> {
  return {
    metadata: {
      labels: withLabels(props.labels, podLabels),
      annotations: podAnnotations(construct, props),
    },
    spec: podSpec(construct, props, { serviceAccountName: name, selectorLabels }),
  };
}

/** Those of the user, and hashes of what the pods read at their start, so that other content replaces them. */
function podAnnotations(construct: IConstruct, props: SecureServiceProps): Templated<Labels> | undefined {
  const { podAnnotations: given } = props;
  const contents = [...contentsOfEnv(props.env ?? {}), ...contentsInChart(construct, referencesOf(props))];
  if (contents.length === 0 && carriedNode(given)) return filled(given);
  return nonEmptyMap(withLabels(given, checksums(contents)) as Labels);
}

/** The ConfigMaps and Secrets that its pods name. */
export function referencesOf(props: SecureServiceProps): Reference[] {
  return [...referencesOfEnv(props.env ?? {}), ...referencesOfBlocks(props)];
}

export function service(
  { name, labels, selectorLabels }: Identity,
  props: SecureServiceProps,
): Manifest<Service> {
  const { nodePort } = props;
  const opened = nodePort ? (nodePort.enabled ?? true) : false;
  const more = Object.entries(props.ports ?? {});
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: props.serviceName ?? name, labels, annotations: props.annotations },
    spec: {
      type: pick(opened, 'NodePort', 'ClusterIP') as string,
      selector: selectorLabels,
      ports: [
        {
          name: portNameOf(props),
          port: servicePortOf(props),
          targetPort: portNameOf(props),
          protocol: 'TCP',
          appProtocol: appProtocolOf(props),
          nodePort: nodePort && (pick(opened, nodePort.port) as number),
        },
        ...more.map(([portName, port]) => ({ name: portName, port, targetPort: portName, protocol: 'TCP' })),
      ],
    },
  };
}

/** The Service that gives each pod of a StatefulSet a name of its own. */
export function headlessService(identity: Identity, props: SecureServiceProps): Manifest<Service> {
  const { labels, selectorLabels } = identity;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: headlessName(identity), labels, annotations: props.annotations },
    spec: {
      clusterIP: 'None',
      // Members of a cluster have to find each other before they are ready.
      publishNotReadyAddresses: true,
      selector: selectorLabels,
      ports: [
        {
          name: portNameOf(props),
          port: props.port,
          targetPort: portNameOf(props),
          protocol: 'TCP',
          appProtocol: appProtocolOf(props),
        },
      ],
    },
  };
}

function headlessName({ name }: Identity): Templated<string> {
  return typeof name === 'string' ? `${name}-pods` : text`${name}-pods`;
}

export function serviceAccount({ name, labels }: Identity, { annotations }: SecureServiceProps) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, labels, annotations },
    automountServiceAccountToken: false,
  } as const;
}
