import { Expression, Node, Owner, PLAIN_STRING, type Templated } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { type SandboxPodProps, sandboxPod } from './pod';
import { beginsSuspended, QUEUE_LABEL } from './queue';

/** Under this key a Job, its pod, the policy and the ConfigMap carry the hash of the template. */
export const TEMPLATE_ANNOTATION = 'drydock.dev/template';
/** A finished Job is kept this long, for those who still want to know how it ended. */
const TTL_SECONDS = 300;

/** What a template knows of itself when it is evaluated. */
export const TEMPLATE = new Owner('template', -1, 'hash');
const hash = new Expression<string>(
  new Node({ op: 'value', owner: TEMPLATE, path: ['hash'], optional: false }, PLAIN_STRING),
);

export interface SandboxJobProps extends SandboxPodProps {
  /** Name of the Job. */
  readonly name: Templated<string>;
  /** The namespace of the sandboxes: one that holds nothing else. */
  readonly namespace: Templated<string>;
  /**
   * More labels for the Job and its pod. The template's own win.
   * @default - none
   */
  readonly labels?: Expression<Readonly<Record<string, string>>>;
  /** Seconds after which the Job is ended, whatever it does. */
  readonly deadlineSeconds: Templated<number>;
  /**
   * The LocalQueue of Kueue that every Job waits in before it starts, in the namespace of the sandboxes. Their deadline
   * counts from their start. There is no warm pool then, and no agent-sandbox.
   * @default - none; a Job starts at once
   */
  readonly queueName?: Templated<string | undefined>;
}

/** The Job of a sandbox, every field that a policy has to know written down. */
export function sandboxJob(props: SandboxJobProps, longestSeconds: Templated<number>): Templated<Job> {
  const metadata = {
    labels: {
      ...props.labels,
      'app.kubernetes.io/name': 'sandbox',
      'app.kubernetes.io/managed-by': 'cdk8s-drydock',
    },
    annotations: { [TEMPLATE_ANNOTATION]: hash },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: props.name,
      namespace: props.namespace,
      ...metadata,
      // Not on the pod, where Kueue would take it for one more that waits.
      ...(props.queueName === undefined
        ? {}
        : { labels: { ...metadata.labels, [QUEUE_LABEL]: props.queueName } }),
    },
    spec: {
      activeDeadlineSeconds: props.deadlineSeconds,
      backoffLimit: 0,
      ttlSecondsAfterFinished: TTL_SECONDS,
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'Failed',
      suspend: beginsSuspended(props.queueName),
      template: { metadata, spec: sandboxPod(props, longestSeconds) },
    },
  } as Templated<Job>;
}
