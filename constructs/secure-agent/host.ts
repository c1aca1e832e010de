import type { IConstruct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { Volume, VolumeMount } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import type { PodParts } from '../workload/pod';
import { reason } from '../workload/reasons';
import { folder } from '../workload/shapes/folder';
import { volumeNameOf } from '../workload/volume-name';

/** Something of the node that an agent takes. */
export interface HostAccess {
  /** Why, in words for whoever reads the cluster. */
  readonly reason: Templated<string>;
}

/** A folder, file or socket of the node that an agent sees. */
export interface HostPath extends HostAccess {
  /** Where it is on the node. It has to be there, or the pod does not start. */
  readonly path: string;
  /**
   * Where the program sees it.
   * @default - where it is on the node
   */
  readonly mountPath?: string;
  /** @default 'Directory' */
  readonly type?: 'Directory' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice';
  /**
   * Whether the program may write to it, so an intruder can change the node.
   * @default false
   */
  readonly writable?: boolean;
}

/**
 * What an agent takes of its node, each with a reason, which is printed as an annotation. Pod Security "restricted" and
 * "baseline" refuse all of it, so the namespace has to be of the level "privileged".
 */
export interface HostProps {
  /**
   * Folders, files and sockets of the node.
   * @default - none
   */
  readonly hostPaths?: readonly HostPath[];
  /**
   * Uses the network of the node, so the program reaches whatever listens there, and no NetworkPolicy holds it.
   * @default - a network of its own
   */
  readonly hostNetwork?: HostAccess;
  /**
   * Sees the processes of the node, so an intruder reads their environment.
   * @default - its own processes alone
   */
  readonly hostPID?: HostAccess;
  /**
   * Makes the process root on the node, with all devices; `allowRoot` where the image does not bring root itself.
   * @default - unprivileged
   */
  readonly privileged?: HostAccess;
}

const access = prop.object<HostAccess>({ reason: reason.required() });

export const hostFields: FieldsOf<HostProps> = {
  hostPaths: prop
    .list(
      prop.object<HostPath>({
        path: prop.absolutePath().required(),
        mountPath: folder,
        type: prop.oneOf(['Directory', 'File', 'Socket', 'CharDevice', 'BlockDevice']),
        writable: prop.flag(),
        reason: reason.required(),
      }),
    )
    .inProgram(),
  hostNetwork: access,
  hostPID: access,
  privileged: access,
};

/** The volume of a path of the node. */
function volumeName(path: string): string {
  return volumeNameOf('host', /[a-z0-9]/i.test(path) ? path : '/root');
}

/** Where the container sees what is of the node. */
export function hostMounts({ hostPaths = [] }: HostProps): VolumeMount[] {
  return hostPaths.map(({ path, mountPath, writable }) => ({
    name: volumeName(path),
    mountPath: mountPath ?? path,
    readOnly: !writable,
  }));
}

/** What the pod has of the node. */
export function hostParts(props: HostProps): Pick<PodParts, 'host' | 'privileged' | 'volumes' | 'mounts'> {
  const { hostPaths = [], hostNetwork, hostPID, privileged } = props;
  return {
    privileged: privileged && true,
    host: {
      hostNetwork: hostNetwork && true,
      hostPID: hostPID && true,
      // Without it, such a pod asks the DNS of the node, which knows no Services.
      dnsPolicy: hostNetwork && 'ClusterFirstWithHostNet',
    },
    volumes: hostPaths.map(({ path, type }): Volume => {
      return { name: volumeName(path), hostPath: { path, type: type ?? 'Directory' } };
    }),
    mounts: hostMounts(props),
  };
}

/** The reasons by the name of their annotation. */
export function hostReasons({ hostPaths = [], hostNetwork, hostPID, privileged }: HostProps) {
  return {
    'host-network': hostNetwork?.reason,
    'host-pid': hostPID?.reason,
    privileged: privileged?.reason,
    ...Object.fromEntries(hostPaths.map(({ path, reason: why }) => [volumeName(path), why])),
  };
}

/** Refuses the root of the node as the root of the container, and two paths that come to one volume. */
export function checkHost(construct: IConstruct, { hostPaths = [] }: HostProps): void {
  const names = hostPaths.map(({ path }) => volumeName(path));
  for (const [index, { path, mountPath }] of hostPaths.entries()) {
    if (/^\/+$/.test(mountPath ?? path)) {
      throw new ConstructError('PROP_INVALID', construct, `hostPaths[${index}].mountPath`, {
        found: 'nothing, beside the root of the node',
        expected: 'where the program sees it',
        remedy: 'Name a folder, such as /host.',
      });
    }
    const before = names.indexOf(names[index] as string);
    if (before < index) {
      throw new ConstructError('PATH_TAKEN', construct, `hostPaths[${index}].path`, {
        found: `${path} beside ${hostPaths[before]?.path}`,
        expected: 'paths that differ in their letters and digits',
        remedy: 'Name each path once, or the folder that has both.',
      });
    }
  }
}
