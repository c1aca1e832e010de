// Not by the door: charts have this file, and have no use for a client.
import { type KubeObject, resource } from '../../kube/resource';
import { conditions } from './conditions';
import { API_VERSION, definition } from './definition';
import { DNS_NAME, duration } from './fields';
import { flag, object, text, type ValueOf } from './schema';

const kubeconfig = object('A kubeconfig in a Secret of the same namespace.', {
  required: {
    secret: text('The Secret.', { maxLength: 253, minLength: 1, pattern: DNS_NAME }),
  },
  optional: {
    key: text(
      'Which of its entries: a kubeconfig with an https address and credentials in place. Files, programs and proxies that it names are refused.',
      { maxLength: 253, pattern: '^[-._a-zA-Z0-9]+$', default: 'kubeconfig' },
    ),
  },
});

const spec = object(
  'Where the cluster is, and as whom it is reached.',
  {
    required: {},
    optional: {
      kubeconfig,
      inCluster: flag('The cluster of the controller itself, as the controller.'),
      interval: duration('How often it is looked at while it is well.', '30s', '1s', '1h'),
      timeout: duration('The longest that one call may take.', '10s', '1s', '1m'),
    },
  },
  {
    rules: [
      {
        rule: 'has(self.kubeconfig) != (has(self.inCluster) && self.inCluster)',
        message: 'give either `kubeconfig` or `inCluster: true`',
      },
    ],
  },
);

const status = object('What was found.', {
  required: {},
  optional: {
    version: text('The version of its API server.', { maxLength: 128 }),
    server: text('The address of its API server.', { maxLength: 2048 }),
    lastSeen: text('When it has answered last, to the minute.', { maxLength: 64, format: 'date-time' }),
    conditions,
  },
});

export type ClusterSpec = ValueOf<typeof spec>;
export type ClusterStatus = ValueOf<typeof status>;

/** A cluster that Applications of its namespace are brought into. */
export interface Cluster extends KubeObject {
  readonly spec: ClusterSpec;
  readonly status?: ClusterStatus;
}

/**
 * Where Clusters are, for the calls and watches of `cdk8s-drydock/controller`.
 *
 * @example
 * console.log(clusters.apiVersion, clusters.plural);
 */
export const clusters = resource<Cluster>(API_VERSION, 'Cluster', { plural: 'clusters', namespaced: true });

const ready = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`;

export const clusterDefinition = definition({
  ...{ kind: 'Cluster', plural: 'clusters', shortNames: ['ajjcluster'], scope: 'Namespaced' },
  doc: 'A cluster that Applications of its namespace are brought into.',
  ...{ spec, status },
  columns: [
    { name: 'Ready', jsonPath: ready('status') },
    { name: 'Reason', jsonPath: ready('reason') },
    { name: 'Version', jsonPath: '.status.version' },
    { name: 'Last seen', jsonPath: '.status.lastSeen', type: 'date' },
    { name: 'Server', jsonPath: '.status.server', wide: true },
    { name: 'Message', jsonPath: ready('message'), wide: true },
  ],
});
