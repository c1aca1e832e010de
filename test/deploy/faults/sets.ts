import fc from 'fast-check';
import type { KubeObject } from '../../../kube';

/** An object of a set; `value` is what differs between two sets that both have it. */
interface Wanted {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'Job' | 'Deployment';
  readonly name: string;
  readonly value: number;
  readonly keep: boolean;
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  kind: fc.constantFrom<Wanted['kind'][]>(
    'ConfigMap',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'Job',
    'Deployment',
  ),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.nat(2),
  keep: fc.nat(7).map((one) => one === 0),
});

const set = fc.uniqueArray(wanted, {
  minLength: 3,
  maxLength: 7,
  selector: ({ kind, name }) => `${kind}/${name}`,
});

const VERSIONS: Partial<Record<Wanted['kind'], string>> = { Job: 'batch/v1', Deployment: 'apps/v1' };

function objectOf({ kind, name, value, keep }: Wanted): KubeObject {
  const annotations = keep && kind === 'ConfigMap' ? { 'helm.sh/resource-policy': 'keep' } : undefined;
  const labels = { app: name };
  const containers = [{ name: 'main', image: `localhost/none:${value}` }];
  const content: Record<Wanted['kind'], object> = {
    ConfigMap: { data: { value: String(value), [`only${value}`]: 'x' } },
    Secret: { data: { value: Buffer.from(String(value)).toString('base64') } },
    ServiceAccount: { automountServiceAccountToken: value === 1 },
    // Its template cannot be changed, so that it is deleted and made anew.
    Job: { spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } } },
    Deployment: {
      spec: {
        ...{ replicas: 0, revisionHistoryLimit: value, selector: { matchLabels: labels } },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  };
  const metadata = { name, ...(annotations ? { annotations } : {}) };
  return { apiVersion: VERSIONS[kind] ?? 'v1', kind, metadata, ...content[kind] };
}

/** Sets, each of which is another one than the one before it. */
export function* sets(seed: number): Generator<readonly KubeObject[], never> {
  for (let more = 0; ; more += 1) {
    for (const one of fc.sample(set, { numRuns: 50, seed: seed + more })) yield one.map(objectOf);
  }
}
