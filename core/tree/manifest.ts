import { DrydockError, isTreeMap, type Tree } from '../template';

/** What the API server finds an object by; without it a file is skipped by some tools and refused by others. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Tree;
}

/** A tree as an object of Kubernetes; `where` names the construct in the error that it is none. */
export function manifestOf(tree: Tree, where: string): Manifest {
  if (!isTreeMap(tree)) throw notAnObject(where, 'no map of fields');
  const { apiVersion, kind, metadata } = tree;
  for (const [name, value] of Object.entries({ apiVersion, kind })) {
    if (typeof value !== 'string' || value === '') throw notAnObject(where, described(name, value));
  }
  if (
    metadata !== undefined &&
    metadata !== null &&
    (typeof metadata !== 'object' || Array.isArray(metadata))
  )
    throw notAnObject(where, 'metadata that is no map');
  return { apiVersion: apiVersion as string, kind: kind as string, metadata };
}

function described(name: string, value: Tree): string {
  if (value === undefined || value === null) return `an object without ${name}`;
  if (value === '') return `an object whose ${name} is empty`;
  return typeof value === 'object'
    ? `an object whose ${name} is no plain text`
    : `an object whose ${name} is ${value}`;
}

function notAnObject(where: string, found: string): DrydockError {
  return new DrydockError('NO_OBJECT', {
    where,
    found,
    expected: 'an object with apiVersion and kind as plain texts, and metadata as a map',
    remedy:
      'Write both, for example `apiVersion: "v1", kind: "ConfigMap"`; a patch must not remove them. To leave out the whole object use `when`.',
  });
}
