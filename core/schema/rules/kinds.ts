import type { Tree } from '../../template';
import { isNode } from '../../template';
import { describe } from '../fault';
import { dns1035Label, dnsLabel, type Format, pathSegment, subdomain } from '../formats';
import type { Walk } from '../walk';
import { metadata } from './fields';

/** The form of the names of a kind's objects, where it is known. */
const NAMES: Readonly<Record<string, Format>> = {
  ...named(
    subdomain,
    'ConfigMap Secret Pod Deployment ReplicaSet StatefulSet DaemonSet Job PersistentVolumeClaim PersistentVolume ' +
      'ServiceAccount ReplicationController Endpoints ResourceQuota Ingress IngressClass NetworkPolicy ' +
      'HorizontalPodAutoscaler PriorityClass StorageClass RuntimeClass PodTemplate',
  ),
  ...named(
    {
      matches: (name) => name.length <= 52 && subdomain.matches(name),
      expected: `${subdomain.expected.replace('253', '52')}`,
    },
    'CronJob',
  ),
  ...named(dns1035Label, 'Service'),
  ...named(dnsLabel, 'Namespace'),
  ...named(pathSegment, 'Role ClusterRole RoleBinding ClusterRoleBinding PodDisruptionBudget'),
};

function named(format: Format, kinds: string): Record<string, Format> {
  return Object.fromEntries(kinds.split(' ').map((kind) => [kind, format]));
}

type KindRule = (object: { readonly [key: string]: Tree }, walk: Walk) => void;

/** What is asked of an object because of its kind, and not because of a part of it. */
export function kindRules(kind: string): readonly KindRule[] {
  return [nameRule(kind), metadataOfObject];
}

const metadataOfObject: KindRule = ({ metadata: given }, walk) => {
  if (given === undefined || given === null || isNode(given)) return;
  walk.enter('metadata');
  metadata(given, walk);
  walk.leave();
};

/** The server makes the name of these, or there is no object that would need one. */
const NAMELESS = /^LimitRange$|List$|Review$/;

function nameRule(kind: string): KindRule {
  const format = NAMES[kind];
  return ({ metadata }, walk) => {
    if (isNode(metadata)) return;
    const { name, generateName } = (metadata ?? {}) as { readonly name?: Tree; readonly generateName?: Tree };
    if (isNode(name) || isNode(generateName)) return;
    if (!name && !generateName) {
      if (!NAMELESS.test(kind))
        walk.fault(['metadata', 'name'], {
          found: describe(name),
          expected: 'a name',
          remedy: 'Give it a name.',
        });
    } else if (format && typeof name === 'string' && name !== '' && !format.matches(name))
      walk.fault(['metadata', 'name'], { found: describe(name), expected: format.expected });
  };
}
