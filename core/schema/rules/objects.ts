import { networkRules } from './networks';
import { podRules } from './pods';
import type { ObjectRule } from './rule';
import { schedulingRules } from './scheduling';
import { workloadRules } from './workloads';

/** By definition, what the API server asks of several of its fields at once. */
export const objectRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  ...podRules,
  ...workloadRules,
  ...networkRules,
  ...schedulingRules,
};
