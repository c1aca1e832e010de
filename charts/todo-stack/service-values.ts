import { value } from '../../core/values';

const REPOSITORY = '^[a-z0-9]+([._/:-][a-z0-9]+|__[a-z0-9]+)*$';
const HTTP_URL = '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$';
/** A range of IPv4 addresses. */
export const RANGE = '^([0-9]{1,3}\\.){3}[0-9]{1,3}/([0-9]|[12][0-9]|3[0-2])$';

/** What is set of every service of the stack. */
export function serviceValues(defaults: {
  readonly image: string;
  readonly service: string;
  readonly cpu: string;
  readonly memory: string;
}) {
  return {
    replicas: value.integer({
      default: 1,
      min: 1,
      max: 20,
      doc: 'How many pods run; the fewest, with autoscaling',
    }),
    image: {
      repository: value.string({
        default: defaults.image,
        pattern: REPOSITORY,
        doc: 'The image, without its tag',
      }),
      tag: value.string({
        default: '1.0.0-abc1234',
        pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+-[0-9a-f]{7,40}$',
        doc: 'Tag of the image, {version}-{git-sha}',
      }),
      pullPolicy: value.oneOf(['IfNotPresent', 'Always', 'Never'], {
        default: 'IfNotPresent',
        doc: 'When a node fetches the image',
      }),
    },
    serviceName: value.dnsName({
      default: defaults.service,
      doc: 'Name of the Service; a second release in the namespace needs another one',
    }),
    cpu: value.cpu({ default: defaults.cpu, doc: 'CPU that each pod is guaranteed' }),
    memory: value.memory({ default: defaults.memory, doc: 'Memory of each pod, as guarantee and limit' }),
    autoscaling: {
      enabled: value.boolean({ default: false, doc: 'Let the load decide how many pods run' }),
      maxReplicas: value.integer({ default: 10, min: 1, max: 100, doc: 'The most pods' }),
    },
  } as const;
}

export function url(defaultUrl: string, doc: string) {
  return value.string({ default: defaultUrl, pattern: HTTP_URL, doc });
}

/** Somewhere outside of the cluster that one service calls. */
export function outsideValues(port: number, what: string) {
  return {
    cidr: value.string({
      default: '0.0.0.0/0',
      pattern: RANGE,
      doc: `Addresses of ${what}; 0.0.0.0/0 is the internet without private networks`,
    }),
    port: value.port({ default: port, doc: `Port of ${what}` }),
  } as const;
}
