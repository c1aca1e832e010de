import type { IConstruct } from 'constructs';
import { Expression, type Templated } from '../../core/template';
import type { VolumeMount } from '../../imports/k8s';
import { any, type Condition, not, orDefault } from '../condition';
import { requireThat } from '../require';
import { checkAccount } from './account';
import { claimMounts } from './claims';
import { checkContainers, checkVolumes } from './container-checks';
import { refuseTwice } from './env';
import { checkFiles, fileMounts } from './files';
import { USER } from './pod';
import { checkProjected, projectedMounts } from './projected';
import type { WorkloadProps } from './props';
import { checkResources } from './resources';
import { DEFAULT_MIN_REPLICAS, type Scaling } from './scaling';
import { checkFolders } from './storage';

/**
 * Rejects what two props of a workload say together; what each takes is asked by its shape.
 *
 * @param own mounts of volumes that props of its own bring
 */
export function checkWorkload(
  construct: IConstruct,
  props: WorkloadProps,
  own: readonly VolumeMount[] = [],
): void {
  const mounts = [
    ...fileMounts(props.files),
    ...claimMounts(props.claims),
    ...projectedMounts(props.projected),
    ...own,
  ];
  checkResources(construct, props.resources, props.podResources);
  checkFolders(construct, props.writable ?? [], mounts);
  checkUser(construct, props);
  checkContainers(construct, props);
  checkVolumes(construct, props, mounts);
  checkFiles(construct, props.files);
  checkProjected(construct, props.projected);
  checkAccount(construct, props.serviceAccount);
  for (const prop of ['sidecars', 'initContainers'] as const) {
    for (const extra of props[prop] ?? []) {
      refuseTwice(construct, [(extra as { readonly env?: unknown }).env], `${prop} env`);
    }
  }
}

function checkUser(construct: IConstruct, { user: given, userFromCluster, allowRoot }: WorkloadProps): void {
  if (given === undefined || allowRoot) return;
  const user = orDefault(given, USER);
  requireThat(construct, any(userFromCluster ?? false, user instanceof Expression ? user.ge(1) : user >= 1), {
    code: 'ROOT_USER',
    prop: 'user',
    found: '0, which is root',
    expected: 'a uid above zero',
    remedy: 'Choose a user that the image can run as; `allowRoot` lets the process be root.',
  });
}

/** Rejects an autoscaler that has to go above what it may. */
export function checkScaling(construct: IConstruct, { autoscaling }: Scaling): void {
  if (!autoscaling) return;
  const { enabled = true, maxReplicas } = autoscaling;
  const minReplicas = orDefault(autoscaling.minReplicas, DEFAULT_MIN_REPLICAS);
  checkRange(construct, 'autoscaling', enabled, [minReplicas, maxReplicas]);
}

/** The same of whatever scales, where it does. */
export function checkRange(
  construct: IConstruct,
  prop: string,
  enabled: Condition,
  [min, max]: readonly [min: Templated<number>, max: Templated<number>],
): void {
  requireThat(construct, any(not(enabled), isAtMost(min, max)), {
    code: 'SCALING_RANGE',
    prop: `${prop}.maxReplicas`,
    found: `${shown(max)}, below minReplicas, ${shown(min)}`,
    expected: 'at least as many as minReplicas',
    remedy: 'Raise maxReplicas or lower minReplicas.',
  });
}

function isAtMost(low: Templated<number>, high: Templated<number>): Condition {
  if (low instanceof Expression) return low.le(high as number);
  return high instanceof Expression ? high.ge(low) : low <= high;
}

function shown(value: Templated<number>): string {
  return value instanceof Expression ? 'a value' : String(value);
}
