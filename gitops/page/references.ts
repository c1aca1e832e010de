import { isRecord, type KubeObject } from '../../kube';

/** An object that another one names: its kind and name, in the same namespace or of the cluster. */
interface Named {
  readonly kind: string;
  readonly name: string;
}

const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const named = (kind: string, name: unknown): Named[] =>
  typeof name === 'string' && name !== '' ? [{ kind, name }] : [];

/** What leads from object to object of a set, as pairs of their places in it: a route to its service, a pod to its configuration. */
export function referencesIn(
  objects: readonly KubeObject[],
): ReadonlyArray<readonly [from: number, to: number]> {
  const places = new Map(
    objects.map((one, place) => [keyOf(one.kind, one.metadata?.namespace, one.metadata?.name), place]),
  );
  return objects.flatMap((one, from) => {
    const found = [...namedBy(one)].flatMap(({ kind, name }) => {
      const to =
        places.get(keyOf(kind, one.metadata?.namespace, name)) ?? places.get(keyOf(kind, undefined, name));
      return to === undefined || to === from ? [] : [to];
    });
    const all = [...found, ...selectedBy(one, objects)];
    return [...new Set(all)].map((to) => [from, to] as const);
  });
}

function keyOf(kind: unknown, namespace: unknown, name: unknown): string {
  return `${String(kind)} ${String(namespace ?? '')} ${String(name)}`;
}

function namedBy(object: KubeObject): Named[] {
  const spec = at(object, 'spec');
  switch (object.kind) {
    case 'Ingress': {
      const paths = list(at(spec, 'rules')).flatMap((rule) => list(at(rule, 'http', 'paths')));
      const backends = [at(spec, 'defaultBackend'), ...paths.map((path) => at(path, 'backend'))];
      return backends.flatMap((backend) => named('Service', at(backend, 'service', 'name')));
    }
    case 'HTTPRoute':
      return list(at(spec, 'rules'))
        .flatMap((rule) => list(at(rule, 'backendRefs')))
        .flatMap((backend) => named('Service', at(backend, 'name')));
    case 'HorizontalPodAutoscaler':
      return named(String(at(spec, 'scaleTargetRef', 'kind')), at(spec, 'scaleTargetRef', 'name'));
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return [
        ...named(String(at(object, 'roleRef', 'kind')), at(object, 'roleRef', 'name')),
        ...list(at(object, 'subjects')).flatMap((one) => named(String(at(one, 'kind')), at(one, 'name'))),
      ];
    default:
      return namedByPod(podOf(object));
  }
}

function namedByPod(pod: unknown): Named[] {
  const containers = [...list(at(pod, 'containers')), ...list(at(pod, 'initContainers'))];
  const sources = [
    ...containers.flatMap((one) => list(at(one, 'envFrom'))),
    ...containers.flatMap((one) => list(at(one, 'env')).map((variable) => at(variable, 'valueFrom'))),
  ];
  const volumes = list(at(pod, 'volumes'));
  const projected = volumes.flatMap((volume) => list(at(volume, 'projected', 'sources')));
  return [
    ...named('ServiceAccount', at(pod, 'serviceAccountName')),
    ...sources.flatMap((one) => [
      ...named('ConfigMap', at(one, 'configMapRef', 'name') ?? at(one, 'configMapKeyRef', 'name')),
      ...named('Secret', at(one, 'secretRef', 'name') ?? at(one, 'secretKeyRef', 'name')),
    ]),
    ...[...volumes, ...projected].flatMap((one) => [
      ...named('ConfigMap', at(one, 'configMap', 'name')),
      ...named('Secret', at(one, 'secret', 'secretName') ?? at(one, 'secret', 'name')),
      ...named('PersistentVolumeClaim', at(one, 'persistentVolumeClaim', 'claimName')),
    ]),
    ...list(at(pod, 'imagePullSecrets')).flatMap((one) => named('Secret', at(one, 'name'))),
  ];
}

/** The pod that an object is, or that it makes. */
function podOf(object: KubeObject): unknown {
  const spec = at(object, 'spec');
  return object.kind === 'Pod'
    ? spec
    : (at(spec, 'template', 'spec') ?? at(spec, 'jobTemplate', 'spec', 'template', 'spec'));
}

const SELECTING: ReadonlySet<string> = new Set(['Service', 'PodDisruptionBudget', 'NetworkPolicy']);

/** By labels of pods. One without a selector selects nothing here: a line to each pod would say nothing. */
function selectedBy(object: KubeObject, objects: readonly KubeObject[]): number[] {
  if (!SELECTING.has(object.kind)) return [];
  const spec = at(object, 'spec');
  const selector =
    at(spec, 'podSelector', 'matchLabels') ?? at(spec, 'selector', 'matchLabels') ?? at(spec, 'selector');
  const wanted = isRecord(selector) ? Object.entries(selector) : [];
  if (wanted.length === 0) return [];
  return objects.flatMap((one, place) => {
    const isNear = one.metadata?.namespace === object.metadata?.namespace;
    const labels =
      one.kind === 'Pod' ? one.metadata?.labels : at(one, 'spec', 'template', 'metadata', 'labels');
    return isNear && wanted.every(([name, value]) => at(labels, name) === value) ? [place] : [];
  });
}
