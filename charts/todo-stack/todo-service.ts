import { HelmTest, SecureService, type SecureServiceProps, serviceProps } from '../../constructs';
import { text } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import type { Values } from '../../core/values';
import { asking } from '../asking';
import { type Global, PORTS, type Service, type Stack } from './links';
import type { todoValues } from './service-values';

type TodoValues = Omit<Values<ReturnType<typeof todoValues>>, 'parse'> & { readonly global: Global };

/** What the four services have in common; `more` is what one of them has of its own. */
export function todoService(
  chart: HelmChart,
  name: Service,
  stack: Stack,
  values: TodoValues,
  more: Partial<SecureServiceProps>,
): SecureService {
  const { dns, user, testImage } = values.global;
  const service = new SecureService(chart, name, {
    ...serviceProps({ ...values, dns }),
    port: PORTS[name],
    servicePort: PORTS[name],
    serviceName: values.serviceName,
    user,
    labels: stack.labels,
    writable: ['/tmp'],
    ...more,
  });
  new HelmTest(chart, 'answers', {
    image: testImage,
    command: asking(text`${service.url}/health`),
    dns,
    allowTo: [service],
  });
  return service;
}
