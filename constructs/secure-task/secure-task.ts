import type { Construct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeObject } from '../../core/tree';
import type { NetworkPolicy } from '../../imports/k8s';
import { isGiven, orDefault, pick } from '../condition';
import { withLabels } from '../identity';
import { requireProps } from '../require';
import { checkWorkload } from '../workload/checks';
import { textOfContents } from '../workload/contents';
import { contentsOf } from '../workload/env';
import { HashedJob, refuseLoop } from '../workload/hashed-job';
import { type JobProps, jobFields, jobSpec } from '../workload/job';
import { namedIn, referencesOf } from '../workload/pod-template';
import type { WorkloadProps } from '../workload/props';
import { workloadShape } from '../workload/shapes/fields';
import { Workload } from '../workload/workload';

/** How often it runs. */
export interface TaskProps extends JobProps {
  /**
   * A text of which another one runs the task again, such as a date: nothing else has to change.
   * @default - once for each content
   */
  readonly run?: Templated<string>;
  /**
   * How many of its pods have to succeed, each with a number of its own in `JOB_COMPLETION_INDEX`, from 0 on.
   * @default - one, without a number
   */
  readonly completions?: Templated<number | undefined>;
  /**
   * How many of them run at once.
   * @default 1
   */
  readonly parallelism?: Templated<number | undefined>;
  /**
   * Removes the Job so many seconds after its end. Whatever applies the same objects again (`kubectl apply`, Argo CD,
   * Flux, the next `helm upgrade`) then makes it anew, and it runs again.
   * @default - it stays until a release or a pruning apply has another one
   */
  readonly ttlSecondsAfterFinished?: Templated<number | undefined>;
}

/** Everything that can be said of a task; only image and resources have to be. */
export interface SecureTaskProps extends WorkloadProps, TaskProps {}

const task: FieldsOf<TaskProps> = {
  ...jobFields,
  run: prop.text(),
  completions: prop.integer({ min: 1, max: 100_000 }).orAbsent(),
  parallelism: prop.integer({ min: 1, max: 100_000 }).orAbsent(),
  ttlSecondsAfterFinished: prop.integer().orAbsent(),
};

const shapeOfProps = workloadShape<SecureTaskProps>(task, 'an object with image and resources');

/** The annotation that holds `run`. */
export const RUN_ANNOTATION = 'drydock.dev/run';

/**
 * A program that runs once, such as a backfill: a Job with its ServiceAccount and a NetworkPolicy that lets nobody in.
 *
 * A Job cannot be changed, so its name carries a hash of all that it is made of and of the content that it reads, as that of
 * a `Migration` does: nothing changed is the same Job, which has run; another image, command or ConfigMap is another Job,
 * which runs, and a release or a pruning apply removes the one before. Another `run` runs the same once more. After a
 * failed one, mend the cause, `kubectl delete job NAME`, and install again. It meets Pod Security "restricted" unless a
 * prop says otherwise.
 *
 * @example
 * new SecureTask(shop, 'backfill', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   command: ['shop', 'backfill', '--since=2025-01-01'],
 *   resources: 'medium',
 *   run: '2025-06-01',
 * });
 */
export class SecureTask extends Workload<SecureTaskProps> {
  readonly workload: HashedJob;
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;

  constructor(scope: Construct, id: string, props: SecureTaskProps) {
    super(scope, id, props, checkProps);
    const { run, completions, parallelism } = props;
    const podAnnotations =
      run === undefined ? props.podAnnotations : withLabels(props.podAnnotations, { [RUN_ANNOTATION]: run });
    const template = this.podTemplate({ restartPolicy: 'Never' }, { podAnnotations, contents: 'elsewhere' });
    this.workload = new HashedJob(this, 'job', {
      identity: this.identity,
      annotations: props.annotations,
      spec: {
        ...jobSpec(props, template),
        completionMode: pick(isGiven(completions), 'Indexed'),
        completions: orDefault(completions, 1),
        parallelism: orDefault(parallelism, 1),
      },
      contents: [...contentsOf(namedIn(props)), ...textOfContents(this, referencesOf(props))],
    });
    this.networkPolicy = this.addNetworkPolicy();
    this.openWays();
  }
}

function checkProps(construct: Construct, props: SecureTaskProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkWorkload(construct, props);
  refuseLoop(construct, 'task');
}
