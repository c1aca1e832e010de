import type { Construct } from 'constructs';
import { ConfigBundle } from '../../constructs';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { globalValues, PORTS, Stack, todoMetadata } from './links';
import { RANGE, serviceValues, url } from './service-values';
import { todoService } from './todo-service';

/** The values of the frontend's chart. */
export const frontendValues = defineValues({
  global: globalValues,
  ...serviceValues({ image: 'todo-frontend', service: 'frontend-svc', cpu: '200m', memory: '256Mi' }),
  backendUrl: url('http://backend-svc:8000', 'Where the backend is (BACKEND_URL)'),
  nodePort: {
    enabled: value.boolean({ default: true, doc: 'Open a port on every node, for a cluster on one machine' }),
    port: value.integer({ default: 30000, min: 30000, max: 32767, doc: 'That port' }),
  },
  ingress: {
    enabled: value.boolean({ default: false, doc: 'Make the application reachable under a host name' }),
    host: value.string({
      default: 'todo.example.com',
      pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      doc: 'The host name',
    }),
    className: value.dnsName({ optional: true, doc: "Ingress class; the cluster's default without" }),
    controllerNamespace: value.dnsName({
      default: 'ingress-nginx',
      doc: 'Namespace of the ingress controller',
    }),
    balancerRanges: value.list(value.string({ pattern: RANGE, doc: 'A range' }), {
      default: [],
      doc: 'Addresses that a load balancer asks from which is no pod of the cluster',
    }),
    tls: {
      enabled: value.boolean({ default: true, doc: 'Encrypt what goes through the ingress' }),
      secretName: value.dnsName({ default: 'todo-tls', doc: 'Secret with the certificate' }),
    },
  },
  secrets: value.secret({
    doc: 'What the frontend needs to trust a session',
    keys: { BETTER_AUTH_SECRET: 'Key that signs sessions, the same as of the backend' },
  }),
});

/** What users see. */
export class FrontendChart extends HelmChart<typeof frontendValues> {
  constructor(scope: Construct, id = 'frontend') {
    const values = frontendValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The frontend of the todo application',
      appVersion: '1.0.0-abc1234',
      values,
    });
    const stack = new Stack(this, values.global);
    const config = new ConfigBundle(this, 'settings', {
      config: { BACKEND_URL: values.backendUrl },
      secrets: { BETTER_AUTH_SECRET: values.secrets.key('BETTER_AUTH_SECRET') },
    });
    const { balancerRanges, ...ingress } = values.ingress;
    todoService(this, 'frontend', stack, values, {
      env: config.env('BETTER_AUTH_SECRET', 'BACKEND_URL'),
      // Where Next.js keeps pages that it has rendered.
      writable: ['/tmp', '/app/.next/cache'],
      nodePort: values.nodePort,
      ingress,
      // Its value `ingress.tls.enabled` says so, for load balancers that end TLS themselves.
      allowPlainIngress: true,
      allowFrom: [
        {
          who: balancerRanges.map((cidr) => ({ ipBlock: { cidr } })) as never,
          enabled: balancerRanges.isEmpty.not(),
        },
      ],
      allowTo: [stack.member('backend', { port: PORTS.backend })],
    });
  }
}
