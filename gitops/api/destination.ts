import { DNS_NAME, duration } from './fields';
import { gate } from './gate';
import { list, object, text } from './schema';
import { labelSelector } from './selector';

/** Beyond this the status of an Application would be larger than an object should be. */
export const MOST_CLUSTERS = 128;
/** Those that are meant, and those that are not yet emptied. */
export const MOST_ENTRIES = 2 * MOST_CLUSTERS;

const stays =
  'cannot change: what was applied is remembered there; delete this Application and make another one';

const wave = object('Clusters that get a commit at the same time.', {
  required: { selector: labelSelector('Those of the clusters that have these labels.') },
  optional: {
    soak: duration(
      'How long they have to be healthy with it before the next wave gets it.',
      '0s',
      '0s',
      '168h',
    ),
    gate,
  },
});

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
      waves: list('One after the other. Clusters that no wave selects come last.', wave, {
        minItems: 1,
        maxItems: 8,
      }),
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
        rule: '!has(self.waves) || has(self.clusters) || has(self.clusterSelector)',
        message: 'give waves to clusters that are named or selected',
      },
      {
        rule: '(has(self.clusters) || has(self.clusterSelector)) == (has(oldSelf.clusters) || has(oldSelf.clusterSelector))',
        message: `whether it goes to clusters ${stays}`,
      },
    ],
  },
);
