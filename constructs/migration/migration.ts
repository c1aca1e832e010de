import { Construct } from 'constructs';
import { type Templated, text } from '../../core/template';
import { KubeObject } from '../../core/tree';
import type { Job, NetworkPolicy, PodSpec } from '../../imports/k8s';
import { nonEmpty } from '../condition';
import { shortHashOf } from '../hash';
import { type Identity, identityOf } from '../identity';
import { DNS, type Peer } from '../network/peer';
import { networkPolicy } from '../network/policy';
import { checkProps } from '../secure-service/checks';
import { container } from '../secure-service/container';
import { type Env, envVars } from '../secure-service/env';
import { USER } from '../secure-service/pod';
import type { ResourcePreset, Resources } from '../secure-service/resources';
import type { SecureService } from '../secure-service/secure-service';
import { type WritableFolder, writableVolumes } from '../secure-service/storage';

/** When helm runs the Job. */
export type MigrationHook = 'pre-install' | 'post-install' | 'pre-upgrade' | 'post-upgrade';

export interface MigrationProps {
  /** The container image, with a tag or a digest. */
  readonly image: Templated<string>;
  /** The command that migrates. It has to do nothing where nothing is left to do. */
  readonly command: readonly Templated<string>[];
  /**
   * Its environment.
   * @default - none
   */
  readonly env?: Env;
  /**
   * CPU and memory.
   * @default 'small'
   */
  readonly resources?: ResourcePreset | Resources;
  /**
   * Whom the migration calls, such as the database.
   * @default - nobody but DNS
   */
  readonly allowTo?: readonly (SecureService | Peer)[];
  /**
   * Folders that the process may write to.
   * @default - none
   */
  readonly writable?: readonly (string | WritableFolder)[];
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
    const program = { ...props, port: 1, resources: props.resources ?? 'small' } as const;
    checkProps(this, { ...program, allowTo: undefined });
    const identity = identityOf(this);
    this.job = new KubeObject<Job>(this, 'job', this.render(identity, props));
    const to = (props.allowTo ?? []).map((peer) =>
      'who' in peer ? peer : peer.letIn(identity.selectorLabels),
    );
    this.networkPolicy = new KubeObject<NetworkPolicy>(
      this,
      'network-policy',
      networkPolicy(identity, {
        from: [],
        to: [DNS, ...to].map((peer) => ({ peer, enabled: true })),
        ports: [],
      }),
    );
  }

  private render({ name, labels, selectorLabels }: Identity, props: MigrationProps) {
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
        template: { metadata: { labels: selectorLabels }, spec: pod(props, env) },
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

function pod(props: MigrationProps, env: ReturnType<typeof envVars>): Templated<PodSpec> {
  const program = { ...props, port: 1, allowTo: undefined, resources: props.resources ?? 'small' } as const;
  const probes = { liveness: false, readiness: false, startup: false } as const;
  const {
    ports: _ports,
    lifecycle: _lifecycle,
    ...hardened
  } = container({ ...program, probes }, env) as {
    readonly ports: unknown;
    readonly lifecycle: unknown;
    readonly name: string;
  };
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [hardened],
    volumes: nonEmpty(writableVolumes(props.writable ?? [])),
  };
}
