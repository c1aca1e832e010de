import type { IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import type { SecretKey } from '../../core/values';
import type { Volume, VolumeMount, VolumeProjection } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { declared } from './env';
import type { FileOfConfigMap, FileOfSecret } from './files';
import { volumeNameOf } from './volume-name';

/** Where in its folder something is; without it a key is a file of its own name. */
interface InFolder {
  /**
   * The place of the one key in the folder, such as `tls/ca.crt`.
   * @default - the name of the key
   */
  readonly path?: string;
}

/** A fact of the pod as a file. Labels and annotations in it follow those of the pod. */
export interface ProjectedField {
  readonly field:
    | 'metadata.annotations'
    | 'metadata.labels'
    | 'metadata.name'
    | 'metadata.namespace'
    | 'metadata.uid'
    | `metadata.labels['${string}']`
    | `metadata.annotations['${string}']`;
  /** Where in the folder. */
  readonly path: string;
}

/** For whom a token is, and how long. */
export interface TokenOptions {
  /** Who is to take it, such as `vault`: nobody else does, the API server among them. */
  readonly audience: Templated<string>;
  /**
   * How long it is good, at least 600 seconds; the node renews it before.
   * @default 3600
   */
  readonly expirationSeconds?: Templated<number>;
}

/** A token with which the pod says to another system, such as a vault, as which account it runs. */
export interface ProjectedToken {
  readonly token: TokenOptions;
  /** Where in the folder. */
  readonly path: string;
}

/** A part of a folder: keys of a ConfigMap or Secret, a fact of the pod, or a token for another system. */
export type ProjectedSource =
  | (FileOfConfigMap & InFolder)
  | (FileOfSecret & InFolder)
  | (SecretKey & InFolder)
  | ProjectedField
  | ProjectedToken;

/** Folders that are put together of several sources, by their path. */
export type Projected = Readonly<Record<string, readonly ProjectedSource[]>>;

/** There may be Secrets and tokens in it: it is for the process and its group alone. */
const MODE = 0o440;
export const TOKEN_SECONDS = 3600;

/** A volume for each of them. */
export function projectedVolumes(construct: IConstruct, projected: Projected = {}): Templated<Volume>[] {
  return Object.entries(projected).map(([path, sources]) => ({
    name: volumeName(path),
    projected: {
      defaultMode: MODE,
      sources: sources.map((source, index) => projection(construct, `projected.${path}[${index}]`, source)),
    },
  }));
}

/** Where the container sees them. */
export function projectedMounts(projected: Projected = {}): VolumeMount[] {
  return Object.keys(projected).map((path) => ({
    name: volumeName(path),
    mountPath: path,
    readOnly: true,
  }));
}

/** What they read, by the place where it is named. */
export function projectedSources(projected: Projected = {}): Readonly<Record<string, ProjectedSource>> {
  return Object.fromEntries(
    Object.entries(projected).flatMap(([path, sources]) =>
      sources.map((source, index) => [`${path}[${index}]`, source] as const),
    ),
  );
}

function projection(
  construct: IConstruct,
  place: string,
  source: ProjectedSource,
): Templated<VolumeProjection> {
  if ('token' in source) {
    const { audience, expirationSeconds } = source.token;
    return {
      serviceAccountToken: {
        audience,
        expirationSeconds: expirationSeconds ?? TOKEN_SECONDS,
        path: source.path,
      },
    };
  }
  if ('field' in source)
    return { downwardAPI: { items: [{ path: source.path, fieldRef: { fieldPath: source.field } }] } };
  if ('secret' in source) {
    const { name, key } = declared(construct, place, source);
    return { secret: { name, items: itemsOf({ key, path: source.path }) } };
  }
  const { optional } = source;
  if ('configMapName' in source)
    return { configMap: { name: source.configMapName, items: itemsOf(source), optional } };
  return { secret: { name: source.secretName, items: itemsOf(source), optional } };
}

function itemsOf({ key, path }: { readonly key?: string | undefined; readonly path?: string | undefined }) {
  return key === undefined ? undefined : [{ key, path: path ?? key }];
}

/** Refuses a place for all keys at once, and two things in one place: the later one would hide the other. */
export function checkProjected(construct: IConstruct, projected: Projected = {}): void {
  for (const [folder, sources] of Object.entries(projected)) {
    const taken = new Set<string>();
    for (const [index, source] of sources.entries()) {
      const place = placeOf(source);
      const prop = `projected.${folder}[${index}]`;
      if (place === undefined) {
        if ((source as InFolder).path !== undefined) throw placeOfAll(construct, `${prop}.path`);
        continue;
      }
      if (taken.has(place)) throw takenPlace(construct, prop, place);
      taken.add(place);
    }
  }
}

/** Unknown where all keys are taken. */
function placeOf(source: ProjectedSource): string | undefined {
  if ('token' in source || 'field' in source) return source.path;
  return source.key === undefined ? undefined : (source.path ?? source.key);
}

function placeOfAll(construct: IConstruct, prop: string): ConstructError {
  return new ConstructError('PROP_INVALID', construct, prop, {
    found: 'a place for all keys',
    expected: 'a place for one key',
    remedy: 'Name the `key`, or leave `path` out: then each key is a file of its own name.',
  });
}

function takenPlace(construct: IConstruct, prop: string, place: string): ConstructError {
  return new ConstructError('PATH_TAKEN', construct, prop, {
    found: `${place}, where another source is`,
    expected: 'a place of its own for each source',
    remedy: 'Give one of them another `path`.',
  });
}

function volumeName(path: string): string {
  return volumeNameOf('projected', path);
}
