import { KUEUE_JOB_ANNOTATIONS, KUEUE_POD_ANNOTATIONS } from '../../../sandbox/spec';

/**
 * What the API server and its admission plugins write into a Job or pod that does not say it. A key that is neither in
 * the template nor here is denied; a Kubernetes release that adds one shows in the admission test, which fails closed.
 */
export interface ServerField {
  readonly key: string;
  /** The only value that the field may have. @default - any */
  readonly only?: boolean;
  /** Only in pods: in the template of a Job it would be somebody's own. */
  readonly inPodOnly?: boolean;
  /** Set only later, never when the object is created. */
  readonly onUpdateOnly?: boolean;
  /** Written by who keeps the queue of the template. */
  readonly fromQueue?: boolean;
}

export const SERVER_FIELDS: Readonly<Record<string, readonly ServerField[]>> = {
  spec: [
    // Made from the Job's uid; `closed-rules.ts` sees that nothing is added, and `manualSelector` that it is no other.
    { key: 'selector' },
    { key: 'manualSelector', only: false },
  ],
  'spec.template.spec': [
    // The old name of serviceAccountName; the server keeps the two the same.
    { key: 'serviceAccount' },
    // Computed from the two classes, and checked against them by the server itself.
    { key: 'priority', inPodOnly: true },
    { key: 'preemptionPolicy', inPodOnly: true },
    { key: 'overhead', inPodOnly: true },
    { key: 'nodeName', onUpdateOnly: true },
  ],
  // Which resources can be resized without a restart.
  'spec.template.spec.containers[]': [{ key: 'resizePolicy' }],
  'spec.template.metadata.annotations': [
    { key: 'kubernetes.io/limit-ranger', inPodOnly: true },
    ...KUEUE_POD_ANNOTATIONS.map((key) => ({ key, fromQueue: true })),
  ],
  'metadata.annotations': KUEUE_JOB_ANNOTATIONS.map((key) => ({ key, fromQueue: true })),
};

/** What the controller of agent-sandbox writes into its pods. */
export const AGENT_SANDBOX_FIELDS: typeof SERVER_FIELDS = {
  'spec.template.metadata.annotations': [
    'agents.x-k8s.io/propagated-labels',
    'agents.x-k8s.io/propagated-annotations',
    'cluster-autoscaler.kubernetes.io/safe-to-evict',
  ].map((key) => ({ key, inPodOnly: true })),
};

/** The labels by which it finds its pods again. */
export const AGENT_SANDBOX_LABELS: readonly string[] = [
  'agents.x-k8s.io/sandbox-name-hash',
  'agents.x-k8s.io/sandbox-template-ref-hash',
  'agents.x-k8s.io/warm-pool-sandbox',
  'agents.x-k8s.io/created-by',
];

/** Taints of the node's own condition; a pod that names no toleration for them gets these. */
export const SERVER_TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** A Job's pod is held by this until the Job controller has counted it. */
export const JOB_FINALIZER = 'batch.kubernetes.io/job-tracking';

/** Fields that hold amounts: `1Gi` and `1024Mi` are the same there. */
export function isQuantity(path: string): boolean {
  return path.includes('.resources.') || path.endsWith('.sizeLimit');
}
