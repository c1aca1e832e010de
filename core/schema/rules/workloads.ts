import type {
  HorizontalPodAutoscalerSpec,
  JobSpec,
  LabelSelector,
  PodDisruptionBudgetSpec,
  PodTemplateSpec,
} from '../../../imports/k8s';
import type { Walk } from '../walk';
import { type ObjectRule, rule } from './rule';
import { scheduleIsCron } from './schedule';

interface Workload {
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
}

function hasSelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length > 0 || (matchExpressions?.length ?? 0) > 0;
}

const selectorMatches = rule<Workload>(({ selector, template }, walk) => {
  if (!selector) return;
  if (!hasSelector(selector)) {
    walk.fault(['selector'], {
      found: 'an empty selector',
      expected: 'labels of the pods',
      remedy: 'Name a label.',
    });
    return;
  }
  const labels = template?.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (!Object.hasOwn(labels, key) || (labels[key] ?? '') !== (value ?? ''))
      walk.fault(['selector', 'matchLabels', key], {
        found: `"${value}", which the pods of the template do not have`,
        expected: Object.hasOwn(labels, key)
          ? `"${labels[key]}", as the label of the template says`
          : 'a label of the template',
        remedy: 'Give the pod template the labels that the selector names.',
      });
});

const restartsAlways = rule<Workload>(({ template }, walk) => {
  restarts(template, ['template', 'spec', 'restartPolicy'], ['Always'], walk);
});

const restartsNot = rule<JobSpec>(({ template }, walk) => {
  restarts(template, ['template', 'spec', 'restartPolicy'], ['Never', 'OnFailure'], walk, true);
});

function restarts(
  template: PodTemplateSpec | undefined,
  path: readonly string[],
  allowed: readonly string[],
  walk: Walk,
  isNeeded = false,
): void {
  const policy = template?.spec?.restartPolicy;
  if (!template?.spec || (policy ? allowed.includes(policy) : !isNeeded)) return;
  walk.fault(path, { found: policy ? `"${policy}"` : 'nothing', expected: allowed.join(' or ') });
}

const minBelowMax = rule<HorizontalPodAutoscalerSpec>(({ minReplicas, maxReplicas }, walk) => {
  if (minReplicas && minReplicas > maxReplicas)
    walk.fault(['maxReplicas'], {
      found: `${maxReplicas}, less than minReplicas ${minReplicas}`,
      expected: `${minReplicas} or more`,
    });
});

const oneBound = rule<PodDisruptionBudgetSpec>(({ minAvailable, maxUnavailable }, walk) => {
  const isSet = (value: unknown) => value !== undefined && value !== null;
  if (isSet(minAvailable) && isSet(maxUnavailable))
    walk.fault(['minAvailable'], {
      found: 'maxUnavailable beside it',
      expected: 'one of them',
      remedy: 'Remove one of them.',
    });
});

const valuesFitOperator = rule<{ readonly operator?: string; readonly values?: readonly string[] }>(
  ({ operator, values }, walk) => {
    const wantsValues = operator === 'In' || operator === 'NotIn';
    const wantsNone = operator === 'Exists' || operator === 'DoesNotExist';
    if (!wantsValues && !wantsNone)
      walk.fault(['operator'], {
        found: JSON.stringify(operator),
        expected: 'In, NotIn, Exists or DoesNotExist',
      });
    else if (wantsValues !== (values ?? []).length > 0)
      walk.fault(['values'], {
        found: wantsValues ? 'no values' : 'values',
        expected: `${wantsValues ? 'values' : 'no values'} for the operator ${operator}`,
      });
  },
);

/** What the API server asks of workloads and what belongs to them. */
export const workloadRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  DeploymentSpec: [selectorMatches, restartsAlways],
  ReplicaSetSpec: [selectorMatches, restartsAlways],
  StatefulSetSpec: [selectorMatches, restartsAlways],
  DaemonSetSpec: [selectorMatches, restartsAlways],
  JobSpec: [restartsNot],
  CronJobSpec: [scheduleIsCron],
  HorizontalPodAutoscalerSpec: [minBelowMax],
  PodDisruptionBudgetSpec: [oneBound],
  LabelSelectorRequirement: [valuesFitOperator],
};
