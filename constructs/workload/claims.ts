import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { Volume, VolumeMount } from '../../imports/k8s';
import { volumeNameOf } from './volume-name';

/** A claim of a volume that is made elsewhere. */
export interface ExistingClaim {
  /** The PersistentVolumeClaim. */
  readonly claimName: Templated<string>;
  /**
   * Whether the process only reads it.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** Existing claims by the path where the process sees them. */
export type Claims = Readonly<Record<string, ExistingClaim>>;

export const claim = prop.object<ExistingClaim>({
  claimName: prop.objectName().required(),
  readOnly: prop.flag(),
});

export function claimVolumes(claims: Claims = {}): Templated<Volume>[] {
  return Object.entries(claims).map(([path, { claimName, readOnly }]) => ({
    name: volumeName(path),
    persistentVolumeClaim: { claimName, readOnly },
  }));
}

export function claimMounts(claims: Claims = {}): VolumeMount[] {
  return Object.entries(claims).map(([path, { readOnly }]) => ({
    name: volumeName(path),
    mountPath: path,
    readOnly,
  }));
}

function volumeName(path: string): string {
  return volumeNameOf('claim', path);
}
