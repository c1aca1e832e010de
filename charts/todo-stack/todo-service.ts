import { SecureService, type SecureServiceProps } from '../../constructs';
import { text } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import type { Values } from '../../core/values';
import { PORTS, type Service, type Stack } from './links';
import type { serviceValues } from './service-values';

type ServiceValues = Values<ReturnType<typeof serviceValues>>;

/** The uid that the specification of this stack asks for; its images own their files as that user. */
const TODO_USER = 1000;

/** What the four services have in common; `more` is what one of them has of its own. */
export function todoService(
  chart: HelmChart,
  name: Service,
  stack: Stack,
  values: Omit<ServiceValues, 'parse'>,
  more: Partial<SecureServiceProps>,
): SecureService {
  return new SecureService(chart, name, {
    image: text`${values.image.repository}:${values.image.tag}`,
    imagePullPolicy: values.image.pullPolicy,
    port: PORTS[name],
    servicePort: PORTS[name],
    serviceName: values.serviceName,
    user: TODO_USER,
    resources: { cpu: values.cpu, memory: values.memory },
    replicas: values.replicas,
    autoscaling: {
      enabled: values.autoscaling.enabled,
      minReplicas: values.replicas,
      maxReplicas: values.autoscaling.maxReplicas,
    },
    labels: stack.labels,
    writable: ['/tmp'],
    ...more,
    allowTo: [...(more.allowTo ?? []), stack.nodeLocalDns],
  });
}
