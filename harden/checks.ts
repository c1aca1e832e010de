import { Construct, type IConstruct } from 'constructs';
import { ConstructError } from '../constructs';
import { checkPeers } from '../constructs/network/peer-checks';
import { apiServer, dns, peers } from '../constructs/network/shapes';
import { requireProps } from '../constructs/require';
import { resources, writable } from '../constructs/workload/shapes/parts';
import { prop } from '../core/props';
import { nearest } from '../core/template';
import { type Exceptions, isOf, type Subject } from './exceptions';
import {
  HARDEN_RULES,
  type HardenException,
  type HardenOptions,
  type WorkloadAnswers,
  type WorkloadName,
} from './options';

const LEAST_REASON = 10;
const KINDS = 'Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob';

const workload = prop.custom(
  (given) =>
    Construct.isConstruct(given) || (typeof given === 'string' && new RegExp(`^(${KINDS})/.+$`).test(given)),
  {
    expected: 'a construct, or kind and name such as Deployment/web',
    remedy: 'Name the construct that holds the workload, or its kind and name.',
  },
);

const SHAPE = prop.object<HardenOptions>({
  resources,
  writable,
  user: prop.integer({ min: 1 }),
  dns,
  workloads: prop.list(
    prop.object<WorkloadAnswers>({
      of: workload.required(),
      resources,
      writable,
      user: prop.integer({ min: 1 }),
      serviceAccountToken: prop.exactly(false),
      allowFrom: peers,
      allowTo: peers,
      allowApiServer: apiServer,
    }),
  ),
  exceptions: prop.list(
    prop.object<HardenException>({
      rule: prop.oneOf(HARDEN_RULES).required(),
      of: workload.required(),
      container: prop.text(),
      reason: prop
        .custom((given) => typeof given === 'string' && given.trim().length >= LEAST_REASON, {
          expected: `a reason of ${LEAST_REASON} characters or more`,
          remedy: 'Say why it may stay, for those who read it next year.',
        })
        .required(),
    }),
  ),
});

export function checkOptions(scope: IConstruct, options: HardenOptions): void {
  requireProps(scope, SHAPE, options);
  for (const [index, answers] of (options.workloads ?? []).entries())
    for (const key of ['allowFrom', 'allowTo'] as const)
      checkPeers(scope, `workloads[${index}].${key}`, answers[key], () => false);
}

/** Refuses what is said of a workload that is not there: it would be taken for protection, or for an exception, and is none. */
export function checkNamed(scope: IConstruct, options: HardenOptions, subjects: readonly Subject[]): void {
  for (const key of ['workloads', 'exceptions'] as const)
    for (const [index, { of }] of (options[key] ?? []).entries()) {
      if (subjects.some((subject) => isOf(subject, of))) continue;
      const names = subjects.map(({ object }) => object);
      const near = typeof of === 'string' ? nearest(of, names) : undefined;
      throw new ConstructError('WORKLOAD_UNKNOWN', scope, `${key}[${index}].of`, {
        found: typeof of === 'string' ? of : `the construct ${of.node.path}, which holds no workload here`,
        expected:
          names.length > 0 ? `one of ${names.slice(0, 10).join(', ')}` : 'a workload below this construct',
        remedy: near ? `Did you mean ${near}?` : 'Correct the name, or remove the entry.',
      });
    }
}

/** Refuses an exception that kept nothing: it would hide the next thing. */
export function checkUsed(scope: IConstruct, exceptions: Exceptions): void {
  const [stale] = exceptions.unused;
  if (!stale) return;
  const index = exceptions.all.indexOf(stale);
  throw new ConstructError('EXCEPTION_STALE', scope, `exceptions[${index}]`, {
    found: `an exception of ${stale.rule} for ${shown(stale.of)}${stale.container ? ` container ${stale.container}` : ''}, which excepts nothing`,
    expected: 'something that would be changed or found without it',
    remedy: 'Remove the exception: it would hide the next thing.',
  });
}

function shown(of: IConstruct | WorkloadName): string {
  return typeof of === 'string' ? of : of.node.path;
}
