import type { Container, Pod } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import type { Live, State } from '../state';

/** One thing that a pod reads. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  /** Absent where all of it is read. */
  readonly key?: string;
}

type PodSpec = NonNullable<Pod['spec']>;

/** Every Secret and ConfigMap that a pod has to have: those that are optional may be absent. */
export function referencesOf(spec: PodSpec): Reference[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return [...containers.flatMap(ofContainer), ...(spec.volumes ?? []).flatMap(ofVolume)];
}

interface KeyOf {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

function reference(kind: Reference['kind'], from: KeyOf | undefined): Reference[] {
  if (from?.name === undefined || from.optional === true) return [];
  return [{ kind, name: from.name, ...(from.key !== undefined && { key: from.key }) }];
}

function ofContainer({ env = [], envFrom = [] }: Container): Reference[] {
  return [
    ...env.flatMap(({ valueFrom }) => [
      ...reference('Secret', valueFrom?.secretKeyRef),
      ...reference('ConfigMap', valueFrom?.configMapKeyRef),
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [
      ...reference('Secret', secretRef),
      ...reference('ConfigMap', configMapRef),
    ]),
  ];
}

function ofVolume({ secret, configMap, projected }: NonNullable<PodSpec['volumes']>[number]): Reference[] {
  return [
    ...files('Secret', secret && { ...secret, name: secret.secretName }),
    ...files('ConfigMap', configMap),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...files('Secret', source.secret),
      ...files('ConfigMap', source.configMap),
    ]),
  ];
}

interface Files {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

/** The files of a volume: of all keys, or of those that are listed. */
function files(kind: Reference['kind'], from: Files | undefined): Reference[] {
  const { name, items = [], optional } = from ?? {};
  if (items.length === 0) return reference(kind, { name, optional });
  return items.flatMap(({ key }) => reference(kind, { name, key, optional }));
}

type Missing = Omit<Cause, 'where'>;

/** What a pod reads and the cluster does not have. Only names and keys are told, never what is in them. */
export function missingOf(state: State, pod: Stored<Live>): Missing | undefined {
  const { namespace = '' } = pod.metadata;
  for (const reference of referencesOf(pod.spec as PodSpec)) {
    if (!state.wasRead(reference.kind, namespace)) continue;
    const found = state.find(reference.kind, namespace, reference.name);
    const missing = found ? missingKey(reference, keysOf(found)) : missingObject(reference, namespace);
    if (missing) return missing;
  }
  return undefined;
}

function missingObject({ kind, name, key }: Reference, namespace: string): Missing {
  const create = kind === 'Secret' ? 'secret generic' : 'configmap';
  return {
    code: kind === 'Secret' ? 'SECRET_MISSING' : 'CONFIG_MISSING',
    found: `no ${kind} ${name}`,
    expected: `the ${kind} ${name}${key === undefined ? '' : ` with the key ${key}`}`,
    remedy: `Make it: kubectl create ${create} -n ${namespace} ${name}${key === undefined ? '' : ` --from-literal=${key}=...`}`,
  };
}

function missingKey({ kind, name, key }: Reference, keys: readonly string[]): Missing | undefined {
  if (key === undefined || keys.includes(key)) return undefined;
  return {
    code: 'KEY_MISSING',
    found: `the ${kind} ${name} with ${keys.length === 0 ? 'no key' : `the keys ${keys.join(', ')}`}`,
    expected: `the key ${key}`,
    remedy: `Add the key to ${kind} ${name}, or name one that is there.`,
  };
}

function keysOf({ data, binaryData }: Live): string[] {
  return [data, binaryData].flatMap((entries) => Object.keys((entries ?? {}) as object));
}
