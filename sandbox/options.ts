import type { JsonObject } from '../core/template';
import type { ConnectOptions } from '../kube';
import type { BackendName } from './backend/backend';
import type { Checkpoint } from './checkpoint/checkpoint';
import type { OrphanTtl } from './claim/orphan-ttl';
import type { OnProgress } from './claim/progress';
import type { FleetOptions } from './fleet/options';
import type { JobFiles } from './job/job-files';
import type { SandboxHooks } from './metrics/sandbox-hooks';
import type { PoolOptions } from './pool/options';
import type { TemplateSource } from './template/template-source';

/** Where sandboxes are made, and from what. */
export interface SandboxesOptions<Run extends object = JsonObject>
  extends Pick<ConnectOptions, 'kubeconfig' | 'context' | 'inCluster' | 'allowExecPlugin' | 'deadlineMs'> {
  /**
   * Told of every call of the API server, and called around claims and commands, for metrics and traces;
   * `openTelemetryHooks` makes them.
   * @default - none
   */
  readonly hooks?: SandboxHooks;
  /** The construct, the description, or the JSON that the chart installed. */
  readonly template: TemplateSource<Run>;
  /** The namespace of the sandboxes, the same as the template's. */
  readonly namespace: string;
  /**
   * The values that the chart was installed with, beside a construct or a description.
   * @default - its defaults; an installed template has them in it
   */
  readonly install?: object;
  /**
   * The hash that the template must have, such as the annotation `drydock.dev/template` of what is installed.
   * @default - the admission policy alone decides
   */
  readonly hash?: string;
  /**
   * Sandboxes that are started ahead, so that a claim takes milliseconds. The first call begins to make them.
   * @default - none: each claim makes its own
   */
  readonly pool?: PoolOptions<Run>;
  /**
   * What all calls of `map` share: how many sandboxes together, and what each tenant has of them.
   * @default - each call by itself, and every tenant the same
   */
  readonly fleets?: FleetOptions;
  /**
   * What sandboxes are: Jobs, or claims of agent-sandbox where that is installed, from the pool that `agentSandboxPool`
   * describes. What agent-sandbox does not promise is in the guide; `job`, `findJob`, `preflight` and `pool` are
   * `Unsupported` with it.
   * @default 'jobs'
   */
  readonly backend?: BackendName;
  /**
   * The longest that a sandbox may take to start, the pull of its image included.
   * @default 60000
   */
  readonly startTimeoutMs?: number;
}

/** What one run chooses. */
export interface ClaimOptions<Run extends object = JsonObject> {
  /**
   * Values of the run, as the template declares them. `name` is random unless it is given.
   * @default - the template's defaults
   */
  readonly values?: Partial<Run>;
  /**
   * Seconds until the sandbox is ended, whatever becomes of this program: the run value `deadlineSeconds`.
   * @default - the template's default
   */
  readonly ttl?: number;
  /**
   * Seconds that it lives on when this program is gone without close() or release(): killed, or cut off. More for a
   * server that restarts and attaches to it; `'none'` for as long as its `ttl`. One that another client has entered by
   * then lives on. Its supervisor sees to it: without one (`isSupervised`) it lives until its `ttl`, and so it does under
   * a `command` of your own that does not end on SIGTERM.
   * @default 20
   */
  readonly orphanTtl?: OrphanTtl;
  /**
   * What `sandbox.checkpoint()` gave: the sandbox begins with what is in it. `CheckpointMismatch` where it was taken from
   * another template or image, `CheckpointDamaged` where its file is not what was written.
   * @default - an empty working directory
   */
  readonly from?: Checkpoint;
  /**
   * More labels, where the template takes them: the run value `labels`. Of a sandbox that was warm they are on the Job
   * alone, and not on its pod.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Gives up; what was made is deleted.
   * @default - never
   */
  readonly signal?: AbortSignal;
  /**
   * Told how far it is.
   * @default - none
   */
  readonly onProgress?: OnProgress;
}

/** A one-shot Job. */
export interface JobOptions<Run extends object = JsonObject>
  extends Omit<ClaimOptions<Run>, 'orphanTtl' | 'from'> {
  /**
   * Program and arguments: the run value `command`. It is started when the files are in and the network is closed, which
   * needs `sh` and `mkfifo` in the image; at once where there are no files and the template says `allowOpenStart`.
   */
  readonly command: readonly string[];
  /**
   * Files to have in the working directory before the command starts, by path.
   * @default - none
   */
  readonly files?: JobFiles;
}
