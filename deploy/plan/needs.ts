import { groupOf, isRecord, type KubeObject } from '../../kube';
import { kindsOfDefinition } from '../cluster/kinds';
import type { Member } from '../objects/members';
import { keyOf, type ObjectRef } from '../objects/object-ref';

type Json = Readonly<Record<string, unknown>>;

/** The keys of the objects of the set that an object cannot do without, found by the names in it. */
export function needsOf(member: Member, definitions: ReadonlyMap<string, string>): string[] {
  const { ref, object } = member;
  const { namespace } = ref;
  const named: string[] = [];
  const need = (group: string, kind: string, name: unknown, isClusterWide = false) => {
    if (typeof name === 'string')
      named.push(keyOf(refTo(group, kind, name, isClusterWide ? undefined : namespace)));
  };
  if (namespace !== undefined) named.push(keyOf({ group: '', kind: 'Namespace', name: namespace }));
  const definition = definitions.get(`${groupOf(object.apiVersion)} ${object.kind}`);
  if (definition !== undefined) named.push(definition);
  const { roleRef, spec } = object as KubeObject & { readonly roleRef?: unknown; readonly spec?: unknown };
  if (isRecord(roleRef)) {
    const kind = String(roleRef.kind);
    need('rbac.authorization.k8s.io', kind, roleRef.name, kind !== 'Role');
  }
  if (isRecord(spec) && isRecord(spec.scaleTargetRef)) {
    const { apiVersion, kind, name } = spec.scaleTargetRef;
    need(groupOf(String(apiVersion ?? '')), String(kind), name);
  }
  for (const pod of podSpecsIn(object)) {
    need('', 'ServiceAccount', pod.serviceAccountName);
    for (const { kind, name } of usedBy(pod)) need('', kind, name);
  }
  return named.filter((key) => key !== keyOf(ref));
}

function refTo(group: string, kind: string, name: string, namespace: string | undefined): ObjectRef {
  return namespace === undefined ? { group, kind, name } : { group, kind, namespace, name };
}

/** For each kind that a CRD of the set brings, the key of the CRD. */
export function definitionsIn(members: readonly Member[]): Map<string, string> {
  return new Map(
    members.flatMap(({ object, ref }) =>
      kindsOfDefinition(object).map(({ apiVersion, kind }) => [`${groupOf(apiVersion)} ${kind}`, keyOf(ref)]),
    ),
  );
}

/** The pod of a Pod, of a workload, and of a CronJob. */
function podSpecsIn(object: KubeObject): Json[] {
  const { spec } = object as { readonly spec?: unknown };
  if (!isRecord(spec)) return [];
  if (object.kind === 'Pod') return [spec];
  const inJob = at(spec, 'jobTemplate', 'spec');
  return [at(spec, 'template', 'spec'), inJob && at(inJob, 'template', 'spec')].filter(
    (one) => one !== undefined,
  );
}

function at(from: Json, ...keys: readonly string[]): Json | undefined {
  let value: unknown = from;
  for (const key of keys) value = isRecord(value) ? value[key] : undefined;
  return isRecord(value) ? value : undefined;
}

/** What a pod says to be optional is not needed. */
function usedBy(pod: Json): Array<{ readonly kind: string; readonly name: unknown }> {
  const containers = [...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')];
  const volumes = listAt(pod, 'volumes');
  const sources: Json[] = [
    ...containers.flatMap((one) => listAt(one, 'envFrom')),
    ...containers.flatMap((one) => listAt(one, 'env')).map((env) => at(env, 'valueFrom') ?? {}),
    ...volumes,
    ...volumes.flatMap((volume) => listAt(at(volume, 'projected') ?? {}, 'sources')),
  ];
  const from = (source: Json, field: string, nameField: string, kind: string) => {
    const reference = at(source, field);
    return reference && reference.optional !== true ? [{ kind, name: reference[nameField] }] : [];
  };
  return sources.flatMap((source) => [
    ...['configMapRef', 'configMapKeyRef', 'configMap'].flatMap((field) =>
      from(source, field, 'name', 'ConfigMap'),
    ),
    ...['secretRef', 'secretKeyRef'].flatMap((field) => from(source, field, 'name', 'Secret')),
    // A volume says secretName, a projected source says name.
    ...['secretName', 'name'].flatMap((nameField) => from(source, 'secret', nameField, 'Secret')),
    ...from(source, 'persistentVolumeClaim', 'claimName', 'PersistentVolumeClaim'),
  ]);
}

function listAt(from: Json, key: string): Json[] {
  const list = from[key];
  return Array.isArray(list) ? (list as readonly unknown[]).filter(isRecord) : [];
}
