import { DNS_NAME } from './fields';
import { list, object, text } from './schema';
import { labelSelector } from './selector';

/** Beyond this the status of an Application would be larger than an object should be. */
export const MOST_CLUSTERS = 128;

const stays =
  'cannot change: what was applied is remembered there; delete this Application and make another one';

export const destination = object(
  'Where the objects go.',
  {
    required: {},
    optional: {
      namespace: text(
        'The namespace of objects that name none, in which it is also remembered what was applied. It has to be there. Without it: that of the Application.',
        {
          ...{ maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
          rules: [{ rule: 'self == oldSelf', message: stays }],
        },
      ),
      clusters: list(
        'Clusters of the same namespace, by name. Without these and a selector: the cluster of the controller.',
        text('The name of a Cluster.', { maxLength: 253, minLength: 1, pattern: DNS_NAME }),
        { minItems: 1, maxItems: MOST_CLUSTERS, isSet: true },
      ),
      clusterSelector: labelSelector('All Clusters of the same namespace that have these labels.'),
    },
  },
  {
    default: {},
    rules: [
      { rule: 'has(self.namespace) == has(oldSelf.namespace)', message: `namespace ${stays}` },
      {
        rule: '!(has(self.clusters) && has(self.clusterSelector))',
        message: 'name clusters or select them, not both',
      },
      {
        rule: '(has(self.clusters) || has(self.clusterSelector)) == (has(oldSelf.clusters) || has(oldSelf.clusterSelector))',
        message: `whether it goes to clusters ${stays}`,
      },
    ],
  },
);
