import type { IConstruct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { DeploymentStrategy, StatefulSetUpdateStrategy } from '../../imports/k8s';
import { orDefault } from '../condition';
import { ConstructError } from '../construct-error';
import { numberOrShare } from './shapes/parts';

/** How pods of another version take the place of those that run. */
export interface UpdateStrategy {
  /**
   * `Recreate`: all pods end before the first new one begins, for what must never run in two versions at once. `OnDelete`,
   * for what has storage: a pod is replaced when somebody deletes it.
   * @default 'RollingUpdate'
   */
  readonly type?: 'RollingUpdate' | 'Recreate' | 'OnDelete';
  /**
   * How many pods may be missing meanwhile: a number, or a share such as `25%`. Not for what has storage.
   * @default 0
   */
  readonly maxUnavailable?: Templated<number | string | undefined>;
  /**
   * How many pods there may be on top. Not for what has storage.
   * @default 1
   */
  readonly maxSurge?: Templated<number | string | undefined>;
  /**
   * Only pods with at least this number are replaced, for a try with the last ones. Only for what has storage.
   * @default - all of them
   */
  readonly partition?: Templated<number>;
}

export const updateStrategy = prop.object<UpdateStrategy>({
  type: prop.oneOf(['RollingUpdate', 'Recreate', 'OnDelete']),
  maxUnavailable: numberOrShare,
  maxSurge: numberOrShare,
  partition: prop.integer(),
});

export const MAX_UNAVAILABLE = 0;
export const MAX_SURGE = 1;

/** No pod stops before the next one takes over, unless something else is said. */
export function deploymentStrategy({
  type = 'RollingUpdate',
  maxUnavailable,
  maxSurge,
}: UpdateStrategy = {}): Templated<DeploymentStrategy> {
  if (type === 'Recreate') return { type };
  return {
    type: 'RollingUpdate',
    rollingUpdate: {
      maxUnavailable: orDefault(maxUnavailable, MAX_UNAVAILABLE),
      maxSurge: orDefault(maxSurge, MAX_SURGE),
    },
  };
}

export function statefulSetStrategy({
  type = 'RollingUpdate',
  partition,
}: UpdateStrategy = {}): Templated<StatefulSetUpdateStrategy> {
  return { type, rollingUpdate: partition === undefined ? undefined : { partition } };
}

/** Refuses what the object that makes the pods does not have. */
export function checkUpdateStrategy(
  construct: IConstruct,
  strategy: UpdateStrategy = {},
  hasStorage = false,
): void {
  const { type = 'RollingUpdate' } = strategy;
  const others: readonly (keyof UpdateStrategy)[] = hasStorage
    ? ['maxUnavailable', 'maxSurge']
    : ['partition'];
  const unfit =
    type === (hasStorage ? 'Recreate' : 'OnDelete')
      ? 'type'
      : others.find((one) => strategy[one] !== undefined);
  const what = hasStorage ? 'with storage' : 'without storage';
  if (unfit)
    throw refused(
      construct,
      unfit,
      `${JSON.stringify(strategy[unfit])} for a workload ${what}`,
      fits(hasStorage),
    );
  const beside = (['maxUnavailable', 'maxSurge', 'partition'] as const).find(
    (one) => strategy[one] !== undefined,
  );
  if (type !== 'RollingUpdate' && beside)
    throw refused(construct, beside, `${beside} beside ${type}`, 'only with RollingUpdate');
  const { maxUnavailable = MAX_UNAVAILABLE, maxSurge = MAX_SURGE } = strategy;
  if ([0, '0%'].includes(maxUnavailable as number) && [0, '0%'].includes(maxSurge as number))
    throw refused(
      construct,
      'maxSurge',
      'no pod on top, and none that may be missing',
      'one of the two above zero',
    );
}

function fits(hasStorage: boolean): string {
  return hasStorage
    ? 'RollingUpdate with partition, or OnDelete'
    : 'RollingUpdate with maxUnavailable and maxSurge, or Recreate';
}

function refused(construct: IConstruct, prop: string, found: string, expected: string): ConstructError {
  return new ConstructError('PROP_INVALID', construct, `updateStrategy.${prop}`, {
    found,
    expected,
    remedy: 'Take it out, or choose what fits.',
  });
}
