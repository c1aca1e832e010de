import { serviceValues } from '../../constructs';
import { value } from '../../core/values';

/** The version of the programs: the tag of their images, unless a value says otherwise. */
export const VERSION = '1.0.0-abc1234';

/** What is set of every service of the stack: what every service has, and its name in the cluster. */
export function todoValues(defaults: {
  readonly image: string;
  readonly service: string;
  readonly cpu: string;
  readonly memory: string;
}) {
  const { image, service, cpu, memory } = defaults;
  // Who answers for names is told once for the whole stack, among the globals.
  const { dns: _, ...values } = serviceValues({
    image: {
      repository: image,
      tag: VERSION,
      tagPattern: '^[0-9]+\\.[0-9]+\\.[0-9]+-[0-9a-f]{7,40}$',
      tagDoc: 'Tag of the image, {version}-{git-sha}',
    },
    resources: { cpu, memory },
  });
  return {
    ...values,
    serviceName: value.dnsName({
      default: service,
      doc: 'Name of the Service; a second release in the namespace needs another one',
    }),
  } as const;
}
