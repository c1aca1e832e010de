import { Expression, Node, Owner, PLAIN_STRING, type Templated } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { type SandboxPodProps, sandboxPod } from './pod';

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
    metadata: { name: props.name, namespace: props.namespace, ...metadata },
    spec: {
      activeDeadlineSeconds: props.deadlineSeconds,
      backoffLimit: 0,
      ttlSecondsAfterFinished: TTL_SECONDS,
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'Failed',
      suspend: false,
      template: { metadata, spec: sandboxPod(props, longestSeconds) },
    },
  } as Templated<Job>;
}
