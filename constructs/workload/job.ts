import { type FieldsOf, prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { JobSpec, PodTemplateSpec } from '../../imports/k8s';
import { orDefault } from '../condition';

/** How a program is run that ends. */
export interface JobProps {
  /**
   * How often it is tried again; each try waits twice as long as the one before, from 10 seconds on. A try that ends because
   * its node was drained does not count.
   * @default 3
   */
  readonly backoffLimit?: Templated<number | undefined>;
  /**
   * How long all tries may take together.
   * @default 3600
   */
  readonly activeDeadlineSeconds?: Templated<number | undefined>;
}

export const BACKOFF_LIMIT = 3;
export const DEADLINE_SECONDS = 3600;

export const jobFields: FieldsOf<JobProps> = {
  backoffLimit: prop.integer().orAbsent(),
  activeDeadlineSeconds: prop.integer({ min: 1 }).orAbsent(),
};

/** A Job that makes pods of this template, one after the other until one succeeds. */
export function jobSpec(
  props: JobProps & { readonly ttlSecondsAfterFinished?: Templated<number | undefined> },
  template: Templated<PodTemplateSpec>,
) {
  return {
    backoffLimit: orDefault(props.backoffLimit, BACKOFF_LIMIT),
    activeDeadlineSeconds: orDefault(props.activeDeadlineSeconds, DEADLINE_SECONDS),
    // The next try begins when the last one is gone, so that two never run at once.
    podReplacementPolicy: 'Failed',
    podFailurePolicy: {
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    },
    ttlSecondsAfterFinished: props.ttlSecondsAfterFinished,
    template,
  } as const satisfies Templated<JobSpec>;
}
