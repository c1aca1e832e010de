import { Construct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeObject } from '../../core/tree';
import type { JobSpec, NetworkPolicy, ServiceAccount } from '../../imports/k8s';
import type { Identity, Labels } from '../identity';
import { addAccount } from '../one-shot-account';
import { checkOneShot, type OneShotProps, oneShotIdentity, oneShotPod, oneShotPolicy } from '../one-shot-pod';
import { deadline, oneShotFields } from '../one-shot-shapes';
import { textOfContents } from '../workload/contents';
import { contentsOf, envVars } from '../workload/env';
import { HashedJob, refuseLoop } from '../workload/hashed-job';
import { referencesOfEnv } from '../workload/references';
import type { Word } from '../workload/variables';

export interface MigrationProps extends OneShotProps {
  /**
   * The command that migrates. It has to do nothing where nothing is left to do, also where the database is ahead of
   * it, as after a rollback.
   */
  readonly command: readonly Word[];
  /**
   * How often it is tried again; each try waits twice as long as the one before, from 10 seconds on.
   * @default 6
   */
  readonly backoffLimit?: Templated<number | undefined>;
  /**
   * How long all tries may take together.
   * @default 600
   */
  readonly activeDeadlineSeconds?: Templated<number | undefined>;
  /**
   * Removes the Job so many seconds after its end. Whatever applies the same objects again (`kubectl apply`, Argo CD,
   * Flux, the next `helm upgrade`) then makes it anew, and it runs again.
   * @default - it stays until a release or a pruning apply has another one
   */
  readonly ttlSecondsAfterFinished?: Templated<number | undefined>;
  /**
   * Annotations on the Job, such as the sync wave of a GitOps tool.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
}

const SHAPE = prop.object<MigrationProps>(
  {
    ...oneShotFields,
    backoffLimit: prop.integer().orAbsent(),
    activeDeadlineSeconds: deadline,
    ttlSecondsAfterFinished: prop.integer().orAbsent(),
    annotations: prop.annotations(),
  },
  { expected: 'an object with image and command' },
);

export const BACKOFF_LIMIT = 6;
export const DEADLINE_SECONDS = 600;

/**
 * A Job that brings a database to what the release expects: an object of the release like any other, no hook, so it
 * finds the ConfigMaps, Secrets and network policies of this very release, and a database that the same chart brings.
 * Its name carries a hash of all that it is made of and of the content that it reads: the same content is the same Job,
 * which runs once; other content is another Job, for a Job cannot be changed.
 *
 * It runs beside the services, which are ready when their database is: their readiness says so (`/ready`), and the old
 * pods serve until the new ones are ready. Never do two of its pods run at a time; two Jobs of different content do not
 * know of each other, so the command takes its own lock in the database, as migration tools do.
 *
 * @example
 * const db = new SecureService(shop, 'db', {
 *   image: 'registry.example.com/db:16',
 *   port: 5432,
 *   resources: 'small',
 *   storage: { path: '/var/lib/db', size: '10Gi' },
 * });
 * new Migration(shop, 'migrate', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   command: ['migrate', 'up'],
 *   allowTo: [db],
 * });
 */
export class Migration extends Construct {
  /** Absent where it has no account of its own. */
  readonly serviceAccount: KubeObject<ServiceAccount> | undefined;
  readonly job: HashedJob;
  readonly networkPolicy: KubeObject<NetworkPolicy>;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    checkOneShot(this, SHAPE, props);
    refuseLoop(this, 'migration');
    const identity = oneShotIdentity(this, props);
    this.serviceAccount = addAccount(this, props.serviceAccount, identity);
    this.job = new HashedJob(this, 'job', {
      identity,
      annotations: props.annotations,
      spec: this.spec(props, identity),
      contents: [...contentsOf(props.env ?? {}), ...textOfContents(this, referencesOfEnv(props.env ?? {}))],
    });
    this.networkPolicy = oneShotPolicy(this, this.job, identity, props);
  }

  private spec(props: MigrationProps, identity: Identity): Templated<JobSpec> {
    return {
      parallelism: 1,
      completions: 1,
      podReplacementPolicy: 'Failed',
      backoffLimit: props.backoffLimit ?? BACKOFF_LIMIT,
      activeDeadlineSeconds: props.activeDeadlineSeconds ?? DEADLINE_SECONDS,
      ttlSecondsAfterFinished: props.ttlSecondsAfterFinished,
      template: {
        metadata: { labels: identity.podLabels },
        spec: oneShotPod(props, envVars(this, props.env ?? {}), identity),
      },
    };
  }
}
