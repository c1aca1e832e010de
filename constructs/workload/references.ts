import { isTreeList, isTreeMap, type Tree, treeOf } from '../../core/template';
import type { Env, FromConfigMap, FromSecret } from './env';
import type { WorkloadProps } from './props';

/** A ConfigMap or Secret that a pod reads; of which keys is left out, as helm charts have it everywhere. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: Tree;
}

/** What the variables name, but for what tells its version itself. */
export function referencesOfEnv(env: Env): Reference[] {
  return Object.values(env).flatMap((source): Reference[] => {
    const { secretName, configMapName, version } = source as Partial<FromSecret & FromConfigMap>;
    if (version !== undefined) return [];
    if (secretName !== undefined) return [{ kind: 'Secret', name: treeOf(secretName) }];
    return configMapName === undefined ? [] : [{ kind: 'ConfigMap', name: treeOf(configMapName) }];
  });
}

/** What the blocks of Kubernetes name that a pod is made of. */
export function referencesOfBlocks(props: WorkloadProps): Reference[] {
  const { envFrom, extraEnv, volumes, sidecars = [], initContainers = [] } = props;
  const containers = listed([{ envFrom, env: extraEnv }, ...initContainers, ...sidecars]);
  return [...containers.flatMap(referencesOfContainer), ...listed(volumes).flatMap(referencesOfVolume)];
}

type Fields = { readonly [field: string]: Tree };

/** The entries of a list; those that come from a value are not seen here. */
function listed(list: unknown): Fields[] {
  const tree = treeOf(list);
  return isTreeList(tree) ? tree.filter(isTreeMap) : [];
}

function at(fields: Fields, name: string): Fields {
  const inner = fields[name];
  return isTreeMap(inner) ? inner : {};
}

function referencesOfContainer({ env, envFrom }: Fields): Reference[] {
  return [
    ...listed(envFrom).flatMap((source) => named(at(source, 'configMapRef'), at(source, 'secretRef'))),
    ...listed(env).flatMap((variable) => {
      const source = at(variable, 'valueFrom');
      return named(at(source, 'configMapKeyRef'), at(source, 'secretKeyRef'));
    }),
  ];
}

function referencesOfVolume(volume: Fields): Reference[] {
  const projected = listed(at(volume, 'projected').sources);
  return [
    ...named(at(volume, 'configMap'), { name: at(volume, 'secret').secretName }),
    ...projected.flatMap((source) => named(at(source, 'configMap'), at(source, 'secret'))),
  ];
}

function named(configMap: Fields, secret: Fields): Reference[] {
  const both = [
    { kind: 'ConfigMap', name: configMap.name },
    { kind: 'Secret', name: secret.name },
  ] as const;
  return both.filter(({ name }) => name !== undefined);
}
