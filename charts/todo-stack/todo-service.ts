import {
  type Delivery,
  HelmTest,
  SecureService,
  type SecureServiceProps,
  serviceProps,
} from '../../constructs';
import { text } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import type { Values } from '../../core/values';
import { asking } from '../asking';
import { type Global, PORTS, type Service, type Stack } from './links';
import type { todoValues } from './service-values';

type TodoValues = Omit<Values<ReturnType<typeof todoValues>>, 'parse'> & { readonly global: Global };

/** What a program says of a service of the stack; all else is said by values. */
export interface TodoServiceProps {
  /**
   * How another version takes the place of the one that runs, by the controller of Argo Rollouts. A function is told the chart
   * of the service, in which an analysis of its own belongs.
   * @default - a Deployment, whose pods are replaced by others
   */
  readonly delivery?: Delivery | ((chart: HelmChart) => Delivery);
  /**
   * Lets the pods of a namespace read metrics, by which an analysis decides.
   * @default - no access
   */
  readonly allowPrometheus?: SecureServiceProps['allowPrometheus'];
}

/** What the four services have in common; `more` is what one of them has of its own. */
export function todoService(
  chart: HelmChart,
  name: Service,
  stack: Stack,
  values: TodoValues,
  { delivery, ...more }: Partial<Omit<SecureServiceProps, 'delivery'>> & TodoServiceProps,
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
    delivery: typeof delivery === 'function' ? delivery(chart) : delivery,
  });
  new HelmTest(chart, 'answers', {
    image: testImage,
    command: asking(text`${service.url}/health`),
    dns,
    allowTo: [service],
  });
  return service;
}
