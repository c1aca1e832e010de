import { Construct } from 'constructs';
import type { Templated } from '../../core/template';
import { KubeObject } from '../../core/tree';
import type { SecretKey } from '../../core/values';
import type { ConfigMap } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { type Identity, identityOf, type Labels, withLabels } from '../identity';
import type { Env, FromConfigMap, FromSecret } from '../workload/env';
import type { FileSource } from '../workload/files';
import { checkBundle } from './bundle-checks';

/** A key that is known when the program runs. */
type Known<Source> = Source & { readonly key: string };

export interface ConfigBundleProps<C extends string, S extends string> {
  /** What everybody may read, by name. It becomes one ConfigMap. */
  readonly config?: Readonly<Record<C, Templated<string>>>;
  /** What only those may read who need it: keys of Secrets that exist or that the chart declares. */
  readonly secrets?: Readonly<Record<S, Known<FromSecret> | SecretKey>>;
  /**
   * More labels of the ConfigMap. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
}

/**
 * The configuration of a stack in one place: a ConfigMap, and the contract of which keys of which Secrets there have
 * to be. Each service asks for the keys that it reads and sees no other; its pods are replaced when one of those
 * changes, and only then. So it is with a Secret that the chart makes of given values; what an existing Secret holds is
 * not known here, so a change of it replaces no pods.
 *
 * @example
 * const config = new ConfigBundle(shop, 'config', {
 *   config: { LOG_LEVEL: 'info' },
 *   secrets: { DATABASE_URL: { secretName: 'shop-database', key: 'url' } },
 * });
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   env: config.env('LOG_LEVEL', 'DATABASE_URL'),
 * });
 */
export class ConfigBundle<C extends string = never, S extends string = never> extends Construct {
  readonly configMap: KubeObject<ConfigMap> | undefined;
  private readonly identity: Identity;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ConfigBundleProps<C, S>,
  ) {
    super(scope, id);
    checkBundle(this, props);
    this.identity = identityOf(this);
    const { name, labels } = this.identity;
    const data = (props.config ?? {}) as Readonly<Record<string, Templated<string>>>;
    for (const key of Object.keys(data)) {
      if (!props.secrets || !Object.hasOwn(props.secrets, key)) continue;
      throw new ConstructError('ENV_TWICE', this, `config.${key}`, {
        found: `${key} among the secrets as well`,
        expected: 'every key once',
        remedy: 'Decide whether it is secret.',
      });
    }
    if (Object.keys(data).length === 0) return;
    this.configMap = new KubeObject<ConfigMap>(this, 'config-map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: withLabels(props.labels, labels) },
      data,
    });
  }

  /** The variables with these names, for the `env` of a service. */
  env(...keys: readonly (C | S)[]): Env {
    return Object.fromEntries(keys.map((key) => [key, this.sourceOf(key)]));
  }

  /** Where a file with this key's content comes from, for the `files` of a workload. */
  file(key: C | S): FileSource {
    return this.sourceOf(key);
  }

  private sourceOf(key: C | S): Known<FromConfigMap> | Known<FromSecret> | SecretKey {
    const { config, secrets } = this.props;
    if (config && Object.hasOwn(config, key)) {
      return { configMapName: this.identity.name, key, version: config[key as C] };
    }
    if (secrets && Object.hasOwn(secrets, key)) return secrets[key as S];
    throw new ConstructError('KEY_UNKNOWN', this, 'env', {
      found: `the key ${key}`,
      expected: `one of ${[...Object.keys(config ?? {}), ...Object.keys(secrets ?? {})].join(', ')}`,
      remedy: 'Add the key to the bundle.',
    });
  }
}
