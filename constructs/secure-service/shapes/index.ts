import { type FieldsOf, prop } from '../../../core/props';
import { delivery } from '../../delivery/delivery';
import { peers } from '../../network/shapes';
import { monitorShape } from '../../workload/metrics';
import { running, workloadShape } from '../../workload/shapes/fields';
import { probes, storage } from '../../workload/shapes/parts';
import type {
  ExtraPort,
  LoadBalancerOptions,
  NetworkProps,
  NodePortOptions,
  PrometheusAccess,
  SecureServiceProps,
  ServingProps,
} from '../props';
import { httpRoute, ingress, route } from './exposure';

/** What each prop of a service takes. Rules between two props are in checks.ts. */

const port = prop.byKind(
  {
    number: prop.port(),
    object: prop.object<ExtraPort>(
      { port: prop.port().required(), enabled: prop.boolean() },
      { switchedBy: 'enabled' },
    ),
  },
  'a port, or { port, enabled }',
);

const serving: FieldsOf<ServingProps> = {
  port: prop.port().required(),
  portName: prop.portName(),
  appProtocol: prop.labelKey(),
  ports: prop.map(prop.portName(), port, 'ports by name, such as { metrics: 9090 }').inProgram(),
  probes,
  storage,
  preStopSeconds: prop.integer({ max: 1_000_000 }).orAbsent(),
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
  grpcRoute: route,
  tlsRoute: route,
  loadBalancer: prop.object<LoadBalancerOptions>(
    {
      enabled: prop.boolean(),
      clients: prop.list(prop.cidr()),
      className: prop.labelKey(),
      externalTrafficPolicy: prop.oneOf(['Cluster', 'Local']),
    },
    { switchedBy: 'enabled' },
  ),
  serviceAnnotations: prop.annotations(),
  trafficDistribution: prop.exactly('PreferClose'),
  allowPlainIngress: prop.flag(),
  allowFrom: peers,
  allowPrometheus: prop.object<PrometheusAccess>({
    namespace: prop.dnsLabel().required(),
    port: prop.port(),
    monitor: monitorShape,
  }),
};

/** What the props of a service take. */
export const shapeOfProps = workloadShape<SecureServiceProps>(
  { ...serving, ...running, ...network, delivery },
  'an object with image, port and resources',
);
