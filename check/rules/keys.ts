import { about, type Finding } from '../finding';
import { containersOf, type Inventory, type KeyHolder, type Pods } from '../inventory';

interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly holder: KeyHolder;
  readonly field: string;
}

/** Keys that pods need and nothing here provides: their containers stay in CreateContainerConfigError. */
export function missingKey(inventory: Inventory): Finding[] {
  return inventory.pods.flatMap((pods) =>
    referencesOf(pods)
      .filter(({ holder }) => holder.optional !== true)
      .flatMap((reference) => complaint(inventory, pods, reference) ?? []),
  );
}

function complaint(
  inventory: Inventory,
  pods: Pods,
  { kind, holder, field }: Reference,
): Finding | undefined {
  const provider = inventory.providerOf(kind, holder.name, pods.object);
  const { data, stringData, binaryData } = (provider ?? {}) as Readonly<Record<string, object | undefined>>;
  const keys = Object.keys({ ...data, ...stringData, ...binaryData });
  if (provider && (holder.key === undefined || keys.includes(holder.key))) return undefined;
  const missing = provider ? `has no key ${holder.key}` : 'is not among these objects';
  return {
    rule: 'missing-key',
    ...about(pods.object),
    field,
    why: `${kind}/${holder.name} ${missing}; the container waits for it and does not start.`,
    fix: provider
      ? 'Add the key, or name one that is there.'
      : 'Add it, or name a file of what others provide (`--provided`).',
  };
}

function referencesOf(pods: Pods): Reference[] {
  const ofContainers = containersOf(pods).flatMap(({ container, at }) => [
    ...(container.env ?? []).flatMap(({ valueFrom }, index) => {
      const field = `${at}.env[${index}].valueFrom`;
      return [
        ...reference('Secret', valueFrom?.secretKeyRef, `${field}.secretKeyRef`),
        ...reference('ConfigMap', valueFrom?.configMapKeyRef, `${field}.configMapKeyRef`),
      ];
    }),
    ...(container.envFrom ?? []).flatMap(({ secretRef, configMapRef }, index) => [
      ...reference('Secret', secretRef, `${at}.envFrom[${index}].secretRef`),
      ...reference('ConfigMap', configMapRef, `${at}.envFrom[${index}].configMapRef`),
    ]),
  ]);
  return [...ofContainers, ...ofVolumes(pods)];
}

interface VolumeJson {
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
  readonly configMap?: KeyHolder;
}

function ofVolumes({ spec, at }: Pods): Reference[] {
  return ((spec.volumes ?? []) as readonly VolumeJson[]).flatMap(({ secret, configMap }, index) => [
    ...reference(
      'Secret',
      secret && { name: secret.secretName, optional: secret.optional },
      `${at}.volumes[${index}].secret`,
    ),
    ...reference(
      'ConfigMap',
      configMap && { name: configMap.name, optional: configMap.optional },
      `${at}.volumes[${index}].configMap`,
    ),
  ]);
}

function reference(kind: Reference['kind'], holder: KeyHolder | undefined, field: string): Reference[] {
  return holder?.name ? [{ kind, holder, field }] : [];
}
