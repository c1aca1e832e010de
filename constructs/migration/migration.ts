import { Construct } from 'constructs';
import { type Templated, text } from '../../core/template';
import { KubeObject } from '../../core/tree';
import type { Job, NetworkPolicy } from '../../imports/k8s';
import { shortHashOf } from '../hash';
import { type Identity, identityOf } from '../identity';
import { checkOneShot, type OneShotProps, oneShotPod, oneShotPolicy } from '../one-shot-pod';
import { envVars } from '../secure-service/env';

/** When helm runs the Job. */
export type MigrationHook = 'pre-install' | 'post-install' | 'pre-upgrade' | 'post-upgrade';

export interface MigrationProps extends OneShotProps {
  /** The command that migrates. It has to do nothing where nothing is left to do. */
  readonly command: readonly Templated<string>[];
  /**
   * When helm runs it. With a database outside of the chart, `pre-install` is the better first one.
   * @default ['post-install', 'pre-upgrade']
   */
  readonly hooks?: readonly MigrationHook[];
  /**
   * How often it is tried again.
   * @default 3
   */
  readonly backoffLimit?: Templated<number>;
  /**
   * How long all tries may take together.
   * @default 600
   */
  readonly activeDeadlineSeconds?: Templated<number>;
}

export const HOOKS: readonly MigrationHook[] = ['post-install', 'pre-upgrade'];
export const BACKOFF_LIMIT = 3;
export const DEADLINE_SECONDS = 600;

/**
 * A Job that brings a database to what the release expects. Its name carries a hash of image, command and environment:
 * the same content is the same Job, which runs once; other content is another Job, for a Job cannot be changed. Never do
 * two of its pods run at a time: one that is to replace another waits until that one has ended. Two Jobs of different
 * content do not know of each other, so the command takes its own lock in the database, as migration tools do.
 */
export class Migration extends Construct {
  readonly job: KubeObject<Job>;
  readonly networkPolicy: KubeObject<NetworkPolicy>;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    checkOneShot(this, props);
    const identity = identityOf(this);
    this.job = new KubeObject<Job>(this, 'job', this.render(identity, props));
    this.networkPolicy = oneShotPolicy(this, this.job, identity, props);
  }

  private render({ name, labels, podLabels }: Identity, props: MigrationProps) {
    const env = envVars(this, props.env ?? {});
    const hash = shortHashOf([props.image, ...props.command, ...env.flatMap(contentOf)]);
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: text`${name}-${hash}`,
        labels,
        annotations: {
          'helm.sh/hook': (props.hooks ?? HOOKS).join(','),
          'helm.sh/hook-delete-policy': 'before-hook-creation',
        },
      },
      spec: {
        parallelism: 1,
        completions: 1,
        podReplacementPolicy: 'Failed',
        backoffLimit: props.backoffLimit ?? BACKOFF_LIMIT,
        activeDeadlineSeconds: props.activeDeadlineSeconds ?? DEADLINE_SECONDS,
        template: { metadata: { labels: podLabels }, spec: oneShotPod(props, env) },
      },
    } as const;
  }
}

/** The texts that an environment variable comes from. */
function contentOf(variable: ReturnType<typeof envVars>[number]): Templated<string>[] {
  const { name, value, valueFrom } = variable as {
    readonly name: string;
    readonly value?: Templated<string>;
    readonly valueFrom?: Readonly<
      Record<string, { readonly name?: Templated<string>; readonly key?: string }>
    >;
  };
  const [source] = Object.values(valueFrom ?? {});
  return [name, value ?? source?.name ?? '', source?.key ?? ''];
}
