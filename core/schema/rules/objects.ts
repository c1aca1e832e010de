import { metricRules } from './metrics';
import { networkRules } from './networks';
import { podResourceRules } from './pod-resources';
import { podRules } from './pods';
import { resolverRules } from './resolver';
import type { ObjectRule } from './rule';
import { schedulingRules } from './scheduling';
import { workloadRules } from './workloads';

type Rules = Readonly<Record<string, readonly ObjectRule[]>>;

/** By definition, what the API server asks of several of its fields at once. */
export const objectRules: Rules = merged([
  podRules,
  podResourceRules,
  resolverRules,
  workloadRules,
  metricRules,
  networkRules,
  schedulingRules,
]);

/** A definition may have rules in several files. */
function merged(all: readonly Rules[]): Rules {
  const byDefinition: Record<string, readonly ObjectRule[]> = {};
  for (const [definition, rules] of all.flatMap((one) => Object.entries(one)))
    byDefinition[definition] = [...(byDefinition[definition] ?? []), ...rules];
  return byDefinition;
}
