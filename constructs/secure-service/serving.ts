import { type Templated, text } from '../../core/template';
import type { ContainerPort, Service, ServicePort } from '../../imports/k8s';
import { entryWhere, orDefault, pick } from '../condition';
import type { Identity } from '../identity';
import type { ContainerParts } from '../workload/container';
import { storageMounts } from '../workload/storage';
import type { Manifest } from '../workload/workload';
import { probeFields } from './probe-fields';
import type { SecureServiceProps } from './props';
import { appProtocolOf, morePorts, portNameOf, servicePortOf } from './protocol';

/** How long a pod keeps serving after it was told to stop, so that load balancers have taken it out by then. */
export const PRE_STOP_SECONDS = 5;

/** What only the container of a service has: ports, and how it is asked and ended. */
export function servingParts(props: SecureServiceProps): ContainerParts {
  const ports = [{ name: portNameOf(props), port: props.port, enabled: true }, ...morePorts(props)];
  return {
    ports: ports.map(({ name, port, enabled }) =>
      entryWhere<ContainerPort>(enabled, { name, containerPort: port, protocol: 'TCP' }),
    ),
    probes: probeFields(props),
    lifecycle: { preStop: { sleep: { seconds: orDefault(props.preStopSeconds, PRE_STOP_SECONDS) } } },
    mounts: storageMounts(props.storage),
  };
}

export function service(
  { name, labels, selectorLabels }: Identity,
  props: SecureServiceProps,
): Manifest<Service> {
  const { nodePort, loadBalancer, serviceAnnotations } = props;
  const opened = nodePort ? (nodePort.enabled ?? true) : false;
  const balanced = loadBalancer ? (loadBalancer.enabled ?? true) : false;
  const annotations = serviceAnnotations ?? props.annotations;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: props.serviceName ?? name, labels, annotations },
    spec: {
      type: pick(balanced, 'LoadBalancer', pick(opened, 'NodePort', 'ClusterIP')) as string,
      loadBalancerClass: pick(balanced, loadBalancer?.className) as string,
      loadBalancerSourceRanges: pick(balanced, loadBalancer?.clients) as readonly string[],
      externalTrafficPolicy: pick(balanced, loadBalancer?.externalTrafficPolicy) as string,
      trafficDistribution: props.trafficDistribution,
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
        ...morePorts(props).map(({ name: targetPort, port, enabled }) =>
          entryWhere<ServicePort>(enabled, { name: targetPort, port, targetPort, protocol: 'TCP' }),
        ),
      ],
    },
  };
}

/** What a second Service is made of: it is for callers inside of the cluster, whatever the first one opens. */
export function insideOnly(
  {
    nodePort: _nodePort,
    loadBalancer: _loadBalancer,
    serviceAnnotations: _annotations,
    ...props
  }: SecureServiceProps,
  serviceName: Templated<string>,
): SecureServiceProps {
  return { ...props, serviceName };
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

export function headlessName({ name }: Identity): Templated<string> {
  return text`${name}-pods`;
}
