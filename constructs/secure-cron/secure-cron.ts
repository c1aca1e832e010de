import type { Construct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeObject } from '../../core/tree';
import type { CronJob, NetworkPolicy } from '../../imports/k8s';
import { orDefault } from '../condition';
import { requireProps } from '../require';
import { checkWorkload } from '../workload/checks';
import { type JobProps, jobFields, jobSpec } from '../workload/job';
import type { WorkloadProps } from '../workload/props';
import { workloadShape } from '../workload/shapes/fields';
import { Workload } from '../workload/workload';
import { checkComes, schedule, timeZone } from './schedule';

/** When it runs, and what happens when it cannot. */
export interface CronProps extends JobProps {
  /** When: minute, hour, day of the month, month, day of the week, such as `30 3 * * *`; or `@hourly`, `@daily` and so on. */
  readonly schedule: Templated<string>;
  /**
   * The time zone of the schedule. In one with summer time, what is scheduled in the hour that is left out does not run
   * that day, and what is scheduled in the hour that comes twice may run twice.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: Templated<string | undefined>;
  /**
   * What happens when it is time for a run and the one before is not over: `Forbid` waits for its end, as long as
   * `startingDeadlineSeconds`; `Replace` ends it; `Allow` lets both run.
   * @default 'Forbid'
   */
  readonly concurrency?: Templated<'Allow' | 'Forbid' | 'Replace' | undefined>;
  /**
   * How late a run may begin that could not begin in time, because the control plane was down, or the one before was not
   * over. Of several that were missed, the last one alone runs. What is later than that does not run at all. At least 10:
   * Kubernetes looks every 10 seconds.
   * @default 3600
   */
  readonly startingDeadlineSeconds?: Templated<number | undefined>;
  /**
   * Whether it pauses: no run begins, and those that are missed meanwhile count as missed.
   * @default false
   */
  readonly suspend?: Templated<boolean | undefined>;
  /**
   * How many runs that succeeded are kept, with their logs.
   * @default 3
   */
  readonly successfulJobsHistoryLimit?: Templated<number | undefined>;
  /**
   * How many runs that failed are kept, with their logs.
   * @default 3
   */
  readonly failedJobsHistoryLimit?: Templated<number | undefined>;
  /**
   * Removes a run so many seconds after its end, also where the history would keep it.
   * @default - the history alone says what is kept
   */
  readonly ttlSecondsAfterFinished?: Templated<number | undefined>;
}

/** Everything that can be said of a cron; only image, resources and schedule have to be. */
export interface SecureCronProps extends WorkloadProps, CronProps {}

const cron: FieldsOf<CronProps> = {
  ...jobFields,
  schedule: schedule.required(),
  timeZone,
  concurrency: prop.oneOf(['Allow', 'Forbid', 'Replace']).orAbsent(),
  startingDeadlineSeconds: prop.integer({ min: 10 }).orAbsent(),
  suspend: prop.boolean().orAbsent(),
  successfulJobsHistoryLimit: prop.integer().orAbsent(),
  failedJobsHistoryLimit: prop.integer().orAbsent(),
  ttlSecondsAfterFinished: prop.integer().orAbsent(),
};

const shapeOfProps = workloadShape<SecureCronProps>(cron, 'an object with image, resources and schedule');

export const TIME_ZONE = 'Etc/UTC';
export const CONCURRENCY = 'Forbid';
export const STARTING_DEADLINE_SECONDS = 3600;
export const HISTORY = 3;

/**
 * A program that runs at certain times: a CronJob with its ServiceAccount and a NetworkPolicy that lets nobody in. Two runs
 * never overlap, a run that is missed begins up to an hour late, and a run that hangs is ended, unless a prop says
 * otherwise. It meets Pod Security "restricted" unless a prop says otherwise.
 *
 * `kubectl create job --from=cronjob/NAME one-more` runs it now.
 *
 * @example
 * const db = new SecureService(shop, 'db', {
 *   image: 'registry.example.com/db:16',
 *   port: 5432,
 *   resources: 'medium',
 *   storage: { path: '/data', size: '10Gi' },
 * });
 * new SecureCron(shop, 'report', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   command: ['shop', 'report'],
 *   resources: 'small',
 *   schedule: '30 3 * * mon-fri',
 *   timeZone: 'Europe/Berlin',
 *   allowTo: [db],
 * });
 */
export class SecureCron extends Workload<SecureCronProps> {
  readonly workload: KubeObject<CronJob>;
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;

  constructor(scope: Construct, id: string, props: SecureCronProps) {
    super(scope, id, props, checkProps);
    this.workload = this.addWorkload<CronJob>('cron-job', () => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: this.metadata,
      spec: {
        schedule: props.schedule,
        timeZone: orDefault(props.timeZone, TIME_ZONE),
        concurrencyPolicy: orDefault(props.concurrency, CONCURRENCY),
        startingDeadlineSeconds: orDefault(props.startingDeadlineSeconds, STARTING_DEADLINE_SECONDS),
        suspend: orDefault(props.suspend, false),
        successfulJobsHistoryLimit: orDefault(props.successfulJobsHistoryLimit, HISTORY),
        failedJobsHistoryLimit: orDefault(props.failedJobsHistoryLimit, HISTORY),
        jobTemplate: {
          metadata: { labels: this.identity.podLabels },
          spec: jobSpec(props, this.podTemplate({ restartPolicy: 'Never' })),
        },
      },
    }));
    this.networkPolicy = this.addNetworkPolicy();
    this.openWays();
  }
}

function checkProps(construct: Construct, props: SecureCronProps): void {
  requireProps(construct, shapeOfProps(props), props);
  checkWorkload(construct, props);
  checkComes(construct, props.schedule);
}
