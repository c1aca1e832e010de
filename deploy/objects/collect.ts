import { isRecord, type KubeObject } from '../../kube';
import { DeployError, listed } from '../errors';

/** An object as it was given, and where it came from, for messages. */
export interface Given {
  readonly object: KubeObject;
  readonly from: string;
  /** Objects of a greater group come after all of a lesser one. @default 0 */
  readonly group?: number;
}

/**
 * The objects of a set, with lists taken apart. What cannot be the description of one object is told in one error for
 * each, not only for the first.
 *
 * @param from where each was read, in the same order
 * @param groups the group of each
 */
export function collect(
  objects: readonly unknown[],
  from: readonly string[] = [],
  groups: readonly number[] = [],
): Given[] {
  const problems: DeployError[] = [];
  const given = objects.flatMap((object, index) =>
    flattened(object, from[index] ?? `object ${index + 1} of ${objects.length}`, problems).map((one) =>
      groups[index] ? { ...one, group: groups[index] } : one,
    ),
  );
  if (problems.length > 0) throw allOf(problems);
  return given;
}

function flattened(object: unknown, from: string, problems: DeployError[]): Given[] {
  const wrong = (found: string, expected: string, remedy: string) => {
    problems.push(new DeployError('OBJECT_INVALID', { where: from, found, expected, remedy }));
    return [];
  };
  if (!isRecord(object)) {
    return wrong(
      Array.isArray(object) ? 'a list' : `a ${object === null ? 'null' : typeof object}`,
      'an object with apiVersion, kind and metadata.name',
      'Leave it out, or write the object.',
    );
  }
  const { apiVersion, kind, metadata, items } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !apiVersion || !kind) {
    return wrong(
      `no ${typeof apiVersion === 'string' && apiVersion ? 'kind' : 'apiVersion'}`,
      'an apiVersion and a kind, both text',
      'Write both, such as "apiVersion: v1" and "kind: ConfigMap".',
    );
  }
  if (/List$/.test(kind) && Array.isArray(items)) {
    return items.flatMap((item, index) => flattened(item, `${from} items[${index}]`, problems));
  }
  const { name, generateName } = isRecord(metadata) ? metadata : ({} as Readonly<Record<string, unknown>>);
  if (typeof name !== 'string' || name === '') {
    return wrong(
      `a ${kind} with ${generateName === undefined ? 'no name' : 'a generateName and no name'}`,
      'metadata.name: an object is found again by its name',
      'Name the object; what is to be made anew each time can carry a hash in its name.',
    );
  }
  return [{ object: object as unknown as KubeObject, from }];
}

/** One error for several, in which each is told. */
export function allOf(problems: readonly DeployError[]): DeployError {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return first;
  return new DeployError(
    'PLAN_REFUSED',
    {
      where: 'the set of objects',
      found: `${problems.length} problems`,
      expected: 'objects that this cluster takes',
      remedy: listed(
        'Mend what is listed. Nothing was written.',
        problems.map(({ message }) => message),
      ),
    },
    { problems },
  );
}
