import { DATA_KEY, DNS_SUBDOMAIN } from '../props';
import type { Declaration } from './declaration';
import { badOption, checkOptions, shown } from './options';
import { cpu, memory, string } from './text';

export interface ResourceValuesOptions {
  /** CPU that each pod is guaranteed. */
  readonly cpu: string;
  /** Memory of each pod, as guarantee and limit. */
  readonly memory: string;
  /**
   * Disk of each pod for logs and temporary files.
   * @default '1Gi'
   */
  readonly ephemeralStorage?: string;
}

/** Values of what a pod takes, as every operator looks for them. */
export type ResourceValues = {
  readonly cpu: Declaration<string, string | undefined>;
  readonly cpuLimit: Declaration<string | undefined>;
  readonly memory: Declaration<string, string | undefined>;
  readonly ephemeralStorage: Declaration<string, string | undefined>;
};

/** The values `cpu`, `cpuLimit`, `memory` and `ephemeralStorage`, for the prop `resources` of a construct. */
export function resources(options: ResourceValuesOptions): ResourceValues {
  checkOptions('resources', options, ['cpu', 'memory', 'ephemeralStorage']);
  const { cpu: amount, memory: size, ephemeralStorage = '1Gi' } = options;
  return {
    cpu: cpu({ default: amount, doc: 'CPU that each pod is guaranteed' }),
    cpuLimit: cpu({
      optional: true,
      doc: 'The most CPU of a pod; a limit slows it down even where the node is idle',
    }),
    memory: memory({ default: size, doc: 'Memory of each pod, as guarantee and limit' }),
    ephemeralStorage: memory({
      default: ephemeralStorage,
      doc: 'Disk of each pod for logs and temporary files, as guarantee and limit',
    }),
  };
}

export interface RefOptions<K extends 'Secret' | 'ConfigMap'> {
  /** What holds the key. */
  readonly kind: K;
  /** What is found there; it is printed into values.yaml, the schema and the chart's README. */
  readonly doc: string;
  /**
   * Which one where nothing else is said.
   * @default - both have to be given
   */
  readonly default?: { readonly name: string; readonly key: string };
}

/** Values that name a key of a Secret or ConfigMap which is there already. */
export type RefValues<K extends 'Secret' | 'ConfigMap'> = K extends 'Secret'
  ? { readonly secretName: Declaration<string>; readonly key: Declaration<string> }
  : { readonly configMapName: Declaration<string>; readonly key: Declaration<string> };

/**
 * A key of a Secret or ConfigMap that whoever installs has already: the values `secretName` (or `configMapName`) and `key`, in the
 * form in which an environment variable takes them. For a Secret that the chart may make itself there is `value.secret`.
 *
 * @example
 * const values = defineValues({
 *   token: value.ref({ kind: 'Secret', doc: 'The token of the queue' }),
 * });
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   env: { QUEUE_TOKEN: values.token },
 * });
 */
export function ref<const K extends 'Secret' | 'ConfigMap'>(options: RefOptions<K>): RefValues<K> {
  checkOptions('ref', options, ['kind']);
  const { kind, doc, default: given } = options;
  if (kind !== 'Secret' && kind !== 'ConfigMap')
    throw badOption(
      'value.ref',
      `kind: ${shown(kind)}`,
      'Secret or ConfigMap',
      'Name the one that is meant.',
    );
  const named = string({
    pattern: DNS_SUBDOMAIN,
    maxLength: 253,
    ...(given ? { default: given.name } : {}),
    doc: `${doc}: name of the ${kind}, which exists already`,
  });
  const key = string({
    pattern: DATA_KEY,
    ...(given ? { default: given.key } : {}),
    doc: `${doc}: the key in the ${kind}`,
  });
  return (kind === 'Secret' ? { secretName: named, key } : { configMapName: named, key }) as RefValues<K>;
}
