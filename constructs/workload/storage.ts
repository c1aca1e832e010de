import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import type { Embedded, PersistentVolumeClaim, Volume, VolumeMount } from '../../imports/k8s';
import { orDefault } from '../condition';
import { ConstructError } from '../construct-error';
import type { WorkloadProps } from './props';
import { volumeNameOf } from './volume-name';

/** A folder that the process may write to; what is in it goes with the pod. */
export interface WritableFolder {
  readonly path: string;
  /**
   * The pod is evicted when more is in it.
   * @default '64Mi'
   */
  readonly size?: Templated<string | undefined>;
  /**
   * Keeps it in memory; what is in it counts as memory of the container.
   * @default false
   */
  readonly inMemory?: boolean;
}

/** A volume of each pod's own that outlives the pod. */
export interface Storage {
  /** Where the process sees it. */
  readonly path: string;
  /** How large it is, such as `10Gi`. It cannot be changed later. */
  readonly size: Templated<string>;
  /**
   * The storage class.
   * @default - the cluster's default class
   */
  readonly storageClassName?: Templated<string | undefined>;
  /**
   * Who may mount it: one node, one pod alone, or several nodes where the class can do that.
   * @default 'ReadWriteOnce'
   */
  readonly accessMode?: Templated<'ReadWriteOnce' | 'ReadWriteOncePod' | 'ReadWriteMany'>;
  /**
   * What becomes of the volumes when the service is deleted. `Delete` loses what is in them.
   * @default 'Retain'
   */
  readonly whenDeleted?: 'Retain' | 'Delete';
  /**
   * What becomes of the volume of a pod that goes because fewer are to run. `Delete` loses what is in it.
   * @default 'Retain'
   */
  readonly whenScaled?: 'Retain' | 'Delete';
}

export const WRITABLE_SIZE = '64Mi';
export const STORAGE_VOLUME = 'data';
export const ACCESS_MODE = 'ReadWriteOnce';

/** The volumes behind writable folders. */
export function writableVolumes(folders: readonly (string | WritableFolder)[]): Templated<Volume>[] {
  return folders.map(folderOf).map(({ path, size, inMemory }) => ({
    name: volumeName(path),
    emptyDir: { sizeLimit: orDefault(size, WRITABLE_SIZE), medium: inMemory ? 'Memory' : undefined },
  }));
}

/** Where the container sees them. */
export function mounts(folders: readonly (string | WritableFolder)[]): VolumeMount[] {
  return folders.map(folderOf).map(({ path }) => ({ name: volumeName(path), mountPath: path }));
}

/** Where the container sees its storage. */
export function storageMounts(storage: Storage | undefined): VolumeMount[] {
  return storage ? [{ name: STORAGE_VOLUME, mountPath: storage.path }] : [];
}

export function volumeClaim(
  { size, storageClassName, accessMode }: Storage,
  labels: Templated<Readonly<Record<string, string>>>,
): Templated<Embedded<PersistentVolumeClaim>> {
  return {
    metadata: { name: STORAGE_VOLUME, labels },
    spec: {
      accessModes: [accessMode ?? ACCESS_MODE],
      storageClassName,
      resources: { requests: { storage: size } },
    },
  };
}

/** Nothing where Kubernetes does the same by itself. */
export function claimRetention({ whenDeleted, whenScaled }: Storage) {
  if ([whenDeleted, whenScaled].every((one) => (one ?? 'Retain') === 'Retain')) return undefined;
  return { whenDeleted: whenDeleted ?? 'Retain', whenScaled: whenScaled ?? 'Retain' };
}

/** Refuses two folders that come to one, and folders that only the installation knows: volumes are named after them. */
export function checkFolders(
  construct: IConstruct,
  folders: readonly (string | WritableFolder)[],
  others: readonly VolumeMount[],
): void {
  if (![...folders].every((folder) => typeof folderOf(folder).path === 'string')) {
    throw new ConstructError('PROP_INVALID', construct, 'writable', {
      found: 'a value',
      expected: 'paths that are written in the program',
      remedy: 'Write the folders one by one; their sizes may be values.',
    });
  }
  const paths = [
    ...folders.map((folder) => folderOf(folder).path),
    ...others.map(({ mountPath }) => mountPath),
  ];
  const names = paths.map(volumeName);
  for (const [index, path] of paths.entries()) {
    const before = names.indexOf(names[index] as string);
    if (before < index) {
      throw new ConstructError('PATH_TAKEN', construct, 'writable', {
        found: `${path} beside ${paths[before]}`,
        expected: 'paths that differ in their letters and digits',
        remedy: 'Name each folder once.',
      });
    }
  }
}

function folderOf(folder: string | WritableFolder): WritableFolder {
  return typeof folder === 'string' ? { path: folder } : folder;
}

function volumeName(path: string): string {
  return volumeNameOf('writable', path);
}

/** The folders that the process may write to, without a slash at their end; unknown where a value decides. */
export function foldersOf({
  writable = [],
  claims = {},
  volumeMounts = [],
}: Pick<WorkloadProps, 'writable' | 'claims' | 'volumeMounts'>): readonly string[] | undefined {
  const paths: unknown[] = [
    ...writable.map((one) => folderOf(one).path),
    ...Object.entries(claims).flatMap(([path, { readOnly }]) => (readOnly ? [] : [path])),
    ...[...volumeMounts].map((one) =>
      one instanceof Expression ? undefined : (one as Partial<VolumeMount>).mountPath,
    ),
  ];
  return paths.every((path) => typeof path === 'string')
    ? paths.map((path) => path.replace(/\/+$/, ''))
    : undefined;
}
