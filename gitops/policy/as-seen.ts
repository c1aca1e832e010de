import { kinds } from '../../imports/kinds';
import type { KubeObject } from '../../kube';
import type { PolicyObject } from './engine';

/** What a policy sees in the place of a value of a Secret: what it has found may be read by many. */
const HIDDEN = 'hidden';

/**
 * Objects as policies read them: with the namespace that they will be in, numbers of JSON in the place of integers of 64
 * bits, and Secrets without their values.
 */
export function asSeen(objects: readonly KubeObject[], namespace: string): PolicyObject[] {
  // Each has a name: without one it is refused where it is read.
  return objects.map((object) => placed(withoutSecrets(inNumbers(object)), namespace) as PolicyObject);
}

/** Rules know numbers of JavaScript. What is sent to the cluster keeps all digits of an integer. */
export function inNumbers(object: KubeObject): KubeObject {
  const text = JSON.stringify(object, (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(text) as KubeObject;
}

/** Kinds that are not of Kubernetes are left as they are: whether they have a namespace only their cluster knows. */
function placed(object: KubeObject, namespace: string): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const info = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion] : undefined;
  const isNamespaced = info && Object.hasOwn(info, kind) && info[kind]!.namespaced;
  return isNamespaced && !metadata?.namespace ? { ...object, metadata: { ...metadata, namespace } } : object;
}

function withoutSecrets(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return object;
  const { metadata, ...rest } = object as KubeObject & Readonly<Record<string, unknown>>;
  const { annotations = {}, ...meta } = metadata as typeof metadata & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // What kubectl remembers of an apply has the values once more.
  const { 'kubectl.kubernetes.io/last-applied-configuration': _last, ...kept } = annotations;
  const hidden = Object.fromEntries(
    ['data', 'stringData'].filter((field) => field in rest).map((field) => [field, keysOf(rest[field])]),
  );
  return { ...rest, ...hidden, metadata: { ...meta, annotations: kept } } as unknown as KubeObject;
}

function keysOf(values: unknown): Record<string, string> {
  return Object.fromEntries(Object.keys(Object(values)).map((key) => [key, HIDDEN]));
}
