import { isDeepStrictEqual } from 'node:util';
import { type Connection, type KubeObject, patch, type Resource, type Stored } from '../../kube';

/**
 * The version that was read is in each of these writes: on an object that has changed since, they fail with CONFLICT,
 * and the reconcile looks at it anew.
 */
function seen({ metadata: { uid, resourceVersion } }: Stored<KubeObject>) {
  return { uid, resourceVersion };
}

const at = ({ metadata: { name, namespace } }: Stored<KubeObject>) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata?.finalizers?.includes(finalizer) === true;
}

/** The object with the finalizer, without which it would be gone before it can be cleaned up after. */
export function addFinalizer<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  object: Stored<Kind>,
  finalizer: string,
): Promise<Stored<Kind>> {
  const finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  return patch(connection, of, at(object), { merge: { metadata: { ...seen(object), finalizers } } });
}

/** Lets the object go, as far as it is up to this finalizer. */
export function removeFinalizer<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  object: Stored<Kind>,
  finalizer: string,
): Promise<Stored<Kind>> {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  return patch(connection, of, at(object), { merge: { metadata: { ...seen(object), finalizers } } });
}

/** Merges into the status. What it says already is not written. */
export async function writeStatus<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  object: Stored<Kind>,
  status: Readonly<Record<string, unknown>>,
): Promise<Stored<Kind>> {
  const before = (object as { readonly status?: Readonly<Record<string, unknown>> }).status ?? {};
  const isSaid = Object.entries(status).every(([field, value]) =>
    isDeepStrictEqual(before[field], JSON.parse(JSON.stringify(value ?? null)) ?? undefined),
  );
  if (isSaid) return object;
  const merge = { metadata: seen(object), status };
  return patch(connection, of, { ...at(object), subresource: 'status' }, { merge });
}
