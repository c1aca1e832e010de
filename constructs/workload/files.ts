import type { IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import type { SecretKey } from '../../core/values';
import type { Volume, VolumeMount } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { declared, type FromConfigMap, type FromSecret } from './env';
import { volumeNameOf } from './volume-name';

/** A key of a ConfigMap as a file, or, without a key, all of it as a folder. */
export interface FileOfConfigMap extends Omit<FromConfigMap, 'key'> {
  /** @default - all keys, each a file of the folder */
  readonly key?: string;
}

/** A key of a Secret as a file, or, without a key, all of it as a folder. */
export interface FileOfSecret extends Omit<FromSecret, 'key'> {
  /** @default - all keys, each a file of the folder */
  readonly key?: string;
}

/** Where a file comes from; `SecretKey` is what `values.NAME.key('...')` of a declared secret gives. */
export type FileSource = FileOfConfigMap | FileOfSecret | SecretKey;

/** Files by their path. */
export type Files = Readonly<Record<string, FileSource>>;

/** What a Secret holds is for the process and its group alone. */
const SECRET_MODE = 0o440;

/** A volume for each of them. */
export function fileVolumes(construct: IConstruct, files: Files = {}): Templated<Volume>[] {
  return Object.entries(files).map(([path, source]) => ({
    name: volumeName(path),
    ...contentOf(construct, path, source),
  }));
}

/** Where the container sees them. A single file is put beside what the image has in its folder. */
export function fileMounts(files: Files = {}): VolumeMount[] {
  return Object.entries(files).map(([path, source]) => ({
    name: volumeName(path),
    mountPath: path,
    subPath: source.key,
    readOnly: true,
  }));
}

/** Refuses a file that may not be there: Kubernetes would make a folder in its place. */
export function checkFiles(construct: IConstruct, files: Files = {}): void {
  for (const [path, source] of Object.entries(files)) {
    if ('secret' in source || !source.optional || source.key === undefined) continue;
    throw new ConstructError('PROP_INVALID', construct, `files.${path}.optional`, {
      found: 'a single file that may not be there',
      expected: 'a file that is there, or a folder',
      remedy: 'Take out `key` to have all keys in a folder; a folder may be empty.',
    });
  }
}

function contentOf(construct: IConstruct, path: string, source: FileSource): Omit<Templated<Volume>, 'name'> {
  if ('secret' in source) {
    const { name, key } = declared(construct, `files.${path}`, source);
    return { secret: { secretName: name, items: itemsOf(key), defaultMode: SECRET_MODE } };
  }
  const { key, optional } = source;
  if ('configMapName' in source)
    return { configMap: { name: source.configMapName, items: itemsOf(key), optional } };
  return {
    secret: { secretName: source.secretName, items: itemsOf(key), optional, defaultMode: SECRET_MODE },
  };
}

function itemsOf(key: string | undefined) {
  return key === undefined ? undefined : [{ key, path: key }];
}

function volumeName(path: string): string {
  return volumeNameOf('file', path);
}
