import type { TestNamespace } from '../../cluster';
import type { Json, JsonObject } from '../../core/template';

export interface LiveObject extends JsonObject {
  readonly kind: string;
  readonly metadata: JsonObject & {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The kinds that a release of the tests may have, as kubectl names them. */
const KINDS = [
  ...['configmaps', 'secrets', 'services', 'serviceaccounts', 'persistentvolumeclaims', 'namespaces'],
  ...['deployments', 'statefulsets', 'networkpolicies', 'poddisruptionbudgets', 'horizontalpodautoscalers'],
].join();

/** What the cluster has of a release: helm writes its name and namespace onto every object. */
export async function objectsOfRelease(namespace: TestNamespace, name: string): Promise<LiveObject[]> {
  const { stdout } = await namespace.kubectl(['get', KINDS, '-o', 'json']);
  const { items } = JSON.parse(stdout) as { readonly items: readonly LiveObject[] };
  return items.filter(({ metadata: { annotations = {} } }) => {
    const [release, place] = ['name', 'namespace'].map((fact) => annotations[`meta.helm.sh/release-${fact}`]);
    return release === name && place === namespace.name;
  });
}

export function named(objects: readonly JsonObject[]): string[] {
  const list = objects as readonly LiveObject[];
  return list.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

/**
 * Every field of what was printed that the cluster has otherwise; what it added by itself is its own. Of empty lists and maps
 * it does not keep all: they mean the same as nothing there.
 */
export function differences(printed: readonly JsonObject[], live: readonly JsonObject[]): string[] {
  const byName = new Map(live.map((object) => [named([object])[0], object]));
  return printed.flatMap((object) => {
    const name = named([object])[0] as string;
    const found = byName.get(name);
    return found ? differencesAt(object, found, name) : [`${name} is not there`];
  });
}

function differencesAt(printed: Json, live: Json | undefined, place: string): string[] {
  if (live === undefined && isEmpty(printed)) return [];
  if (typeof printed !== 'object' || printed === null || typeof live !== 'object' || live === null)
    return printed === live ? [] : [`${place}: ${JSON.stringify(printed)}, live ${JSON.stringify(live)}`];
  if (Array.isArray(printed) && Array.isArray(live) && printed.length !== live.length)
    return [`${place}: ${printed.length} entries, live ${live.length}`];
  return Object.entries(printed).flatMap(([key, value]) =>
    differencesAt(value, (live as JsonObject)[key], `${place}.${key}`),
  );
}

function isEmpty(json: Json): boolean {
  return typeof json === 'object' && json !== null && Object.keys(json).length === 0;
}
