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

interface Files {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key?: string }[];
}

interface VolumeJson {
  readonly secret?: Files & { readonly secretName?: string };
  readonly configMap?: Files;
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: Files; readonly configMap?: Files }[];
  };
}

function ofVolumes({ spec, at }: Pods): Reference[] {
  return ((spec.volumes ?? []) as readonly VolumeJson[]).flatMap(
    ({ secret, configMap, projected }, index) => {
      const field = `${at}.volumes[${index}]`;
      return [
        ...files('Secret', secret && { ...secret, name: secret.secretName }, `${field}.secret`),
        ...files('ConfigMap', configMap, `${field}.configMap`),
        ...(projected?.sources ?? []).flatMap((source, at) => [
          ...files('Secret', source.secret, `${field}.projected.sources[${at}].secret`),
          ...files('ConfigMap', source.configMap, `${field}.projected.sources[${at}].configMap`),
        ]),
      ];
    },
  );
}

/** The files of a volume: of all keys, or of those that are listed. */
function files(kind: Reference['kind'], from: Files | undefined, field: string): Reference[] {
  const { name, optional, items = [] } = from ?? {};
  if (items.length === 0) return reference(kind, { name, optional }, field);
  return items.flatMap(({ key }, index) =>
    reference(kind, { name, key, optional }, `${field}.items[${index}]`),
  );
}

/** Kubernetes itself puts it into each namespace. */
const ROOT_CA = 'kube-root-ca.crt';

function reference(kind: Reference['kind'], holder: KeyHolder | undefined, field: string): Reference[] {
  if (!holder?.name || (kind === 'ConfigMap' && holder.name === ROOT_CA)) return [];
  return [{ kind, holder, field }];
}
