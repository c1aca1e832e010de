import { apiVersionOf, type GroupVersionKind, type Operation, type Swagger } from './swagger';

export interface KindRow {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

// The path of a collection. Longer ones are single objects and subresources, and the old /watch/ paths.
const collection = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(namespaces\/\{namespace\}\/)?([a-z]+)$/;

/** Every kind that has a collection of its own, in order of apiVersion and kind. */
export function readKinds(swagger: Swagger): KindRow[] {
  const rows = new Map<string, KindRow>();
  for (const [path, item] of Object.entries(swagger.paths)) {
    const [, namespace, plural] = collection.exec(path) ?? [];
    if (plural === undefined) continue;
    for (const { group, version, kind } of kindsOf(Object.values(item))) {
      const apiVersion = apiVersionOf({ group, version, kind });
      const key = `${apiVersion} ${kind}`;
      // A namespaced kind has a second collection over all namespaces, with the path of a cluster-wide one.
      const namespaced = namespace !== undefined || (rows.get(key)?.namespaced ?? false);
      rows.set(key, { apiVersion, kind, plural, namespaced });
    }
  }
  return [...rows.keys()].sort().map((key) => rows.get(key) as KindRow);
}

function kindsOf(operations: readonly (Operation | readonly unknown[])[]): GroupVersionKind[] {
  return operations.flatMap((operation) => {
    const kind = 'length' in operation ? undefined : operation['x-kubernetes-group-version-kind'];
    return kind ? [kind] : [];
  });
}

const introduction = `
/** How the API server addresses the objects of a kind. */
export interface KindInfo {
  /** The name of the resource in URLs and in RBAC rules. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** By apiVersion, then kind. Lists, options and kinds that are only subresources (Scale, Eviction) have no row. */
export const kinds: Readonly<Record<string, Readonly<Record<string, KindInfo>>>> = {
`;

/** The rows as the text of a TypeScript file. */
export function printKinds(rows: readonly KindRow[], header: string): string {
  const versions = [...new Set(rows.map(({ apiVersion }) => apiVersion))];
  const printed = versions.map((apiVersion) => {
    const ofVersion = rows.filter((row) => row.apiVersion === apiVersion);
    return `  '${apiVersion}': {\n${ofVersion.map(printRow).join('')}  },\n`;
  });
  return `${header.trimEnd()}\n${introduction}${printed.join('')}};\n`;
}

function printRow({ kind, plural, namespaced }: KindRow): string {
  return `    ${kind}: { plural: '${plural}', namespaced: ${namespaced} },\n`;
}
