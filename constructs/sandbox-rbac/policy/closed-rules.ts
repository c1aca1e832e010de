import { celLiteral, celText } from './cel';
import type { Rule } from './rule';
import { JOB_FINALIZER } from './server-fields';

const OF_JOB = "entry.kind == 'Job' && entry.apiVersion == 'batch/v1'";
const OF_SANDBOX = "entry.kind == 'Sandbox' && entry.apiVersion == 'agents.x-k8s.io/v1beta1'";
/** One entry for the client that creates the Job, and later one for each of the few that change it. */
const MOST_MANAGERS = 8;

/**
 * What no template says, and what the API server takes from anybody without a look at its size: it keeps an object in the
 * store, ties it to others, or fills the store. Nothing of it may be there but what Kubernetes writes itself.
 */
export const closedRules = (agentSandbox: boolean): readonly Rule[] => [
  ...kept('job', 'metadata', 'finalizers', 'false', 'none'),
  ...kept(
    'pod',
    'spec.template.metadata',
    'finalizers',
    `entry == ${celText(JOB_FINALIZER)} && !variables.isJob`,
    'none',
  ),
  ...kept('job', 'metadata', 'ownerReferences', 'false', 'none'),
  ...kept(
    'pod',
    'spec.template.metadata',
    'ownerReferences',
    agentSandbox ? `(${OF_JOB} || ${OF_SANDBOX}) && !variables.isJob` : `${OF_JOB} && !variables.isJob`,
    agentSandbox ? 'a Job or a Sandbox' : 'a Job',
  ),
  ...templateMetadata(),
  ...selector(),
  ...managedFields(),
];

/** Of a list, only what is known or was there before: it can be taken away, and nothing can be added. */
function kept(part: Rule['part'], at: string, field: string, isKnown: string, demand: string): Rule[] {
  const [now, before] = part === 'job' ? ['job.metadata', 'oldJobMeta'] : ['meta', 'oldMeta'];
  const was = `variables.${before}.?${field}.orValue([])`;
  const holds = `variables.${now}.?${field}.orValue([]).all(entry, ${isKnown} || entry in ${was})`;
  return [{ part, path: `${at}.${field}`, holds, demand: celText(demand), when: 'always' }];
}

/** A name, a uid or a link in the metadata of a template means nothing, and may be of any length. */
function templateMetadata(): Rule[] {
  const known = celLiteral(['labels', 'annotations', 'creationTimestamp']);
  const unknown = `variables.meta.filter(key, !(key in ${known}) && key != 'finalizers' && key != 'ownerReferences')`;
  return [
    {
      part: 'job',
      path: 'spec.template.metadata',
      keys: `${unknown}.join(', ')`,
      holds: `${unknown}.size() == 0`,
      demand: celText('labels and annotations only'),
    },
  ];
}

/** What the API server makes from the uid of the Job, and not a requirement more. */
function selector(): Rule[] {
  const labels = celLiteral(['batch.kubernetes.io/controller-uid', 'controller-uid']);
  const at = 'variables.jobSpec.?selector';
  return [
    {
      part: 'job',
      path: 'spec.selector',
      holds:
        `${at}.?matchExpressions.orValue([]).size() == 0 && ` +
        `${at}.?matchLabels.orValue({}).all(key, key in ${labels})`,
      demand: celText('what the API server makes of it'),
    },
  ];
}

function managedFields(): Rule[] {
  const size = 'variables.job.metadata.?managedFields.orValue([]).size()';
  return [
    {
      part: 'job',
      path: 'metadata.managedFields',
      holds: `${size} <= (request.operation == 'CREATE' ? 1 : ${MOST_MANAGERS})`,
      demand: celText(`1 entry, and ${MOST_MANAGERS} later`),
      found: `string(${size})`,
      when: 'always',
    },
  ];
}
