import type { IConstruct } from 'constructs';
import { Expression, isNode, spreadNodesOf } from '../../core/template';
import type { VolumeMount } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { CONTAINER } from './container';
import type { WorkloadProps } from './props';
import { START_AFTER } from './start-after';
import { mounts, writableVolumes } from './storage';

/** What containers, volumes and mounts say of each other by name. An entry that is an expression cannot be seen into. */

/** Every container of a pod has a name of its own. */
export function checkContainers(construct: IConstruct, props: WorkloadProps): void {
  const seen = new Map([[CONTAINER, 'the container of the workload itself']]);
  if (props.startAfter) seen.set(START_AFTER, 'startAfter');
  for (const prop of ['initContainers', 'sidecars'] as const) {
    for (const [index, extra] of listed(props[prop]).entries()) {
      const name = textOf(extra, 'name');
      if (name === undefined) continue;
      const where = `${prop}[${index}].name`;
      const before = seen.get(name);
      if (before) throw taken(construct, where, `${name}, which ${before} has`);
      seen.set(name, where);
    }
  }
}

/**
 * Every volume has a name of its own, every mount a volume, and every place one mount.
 *
 * @param own mounts of volumes that other props bring
 */
export function checkVolumes(construct: IConstruct, props: WorkloadProps, own: readonly VolumeMount[]): void {
  const given = listed(props.volumes);
  const names = new Set(writableVolumes(props.writable ?? []).flatMap((one) => textOf(one, 'name') ?? []));
  for (const { name } of own) names.add(name);
  for (const [index, volume] of given.entries()) {
    const name = textOf(volume, 'name');
    if (name === undefined) continue;
    if (names.has(name))
      throw taken(construct, `volumes[${index}].name`, `${name}, which another volume has`);
    names.add(name);
  }
  const seesAll = given.every((volume) => textOf(volume, 'name') !== undefined);
  const paths = new Set([...mounts(props.writable ?? []), ...own].map(({ mountPath }) => mountPath));
  for (const [index, mount] of listed(props.volumeMounts).entries()) {
    const name = textOf(mount, 'name');
    if (seesAll && name !== undefined && !names.has(name)) throw unknown(construct, index, name, [...names]);
    const path = textOf(mount, 'mountPath');
    if (path === undefined) continue;
    if (paths.has(path))
      throw taken(construct, `volumeMounts[${index}].mountPath`, `${path}, where another volume is`);
    paths.add(path);
  }
}

/** The entries of a list, also of one that is a value: that one is a single entry that cannot be seen into. */
function listed(given: readonly unknown[] | undefined): readonly unknown[] {
  return given === undefined ? [] : [...given];
}

/** A field of Kubernetes data, where it is a text that is known now. */
function textOf(data: unknown, field: string): string | undefined {
  if (data instanceof Expression || isNode(data) || spreadNodesOf(data as object).length > 0)
    return undefined;
  const value = (data as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : undefined;
}

function taken(construct: IConstruct, prop: string, found: string): ConstructError {
  return new ConstructError('NAME_TAKEN', construct, prop, {
    found,
    expected: 'a name of its own',
    remedy: 'Choose another one.',
  });
}

function unknown(
  construct: IConstruct,
  index: number,
  name: string,
  names: readonly string[],
): ConstructError {
  return new ConstructError('VOLUME_UNKNOWN', construct, `volumeMounts[${index}].name`, {
    found: JSON.stringify(name),
    expected: names.length > 0 ? `one of ${names.join(', ')}` : 'the name of one of `volumes`',
    remedy: 'Add the volume to `volumes`, or correct the name.',
  });
}
