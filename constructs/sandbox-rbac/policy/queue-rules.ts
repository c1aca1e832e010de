import { type Templated, treeOf } from '../../../core/template';
import { QUEUE_LABEL } from '../../../sandbox/spec';
import { celText } from './cel';
import { parameter } from './parameters';
import { foundAt, type Place, pathOf } from './place';
import type { Rule, Rules } from './rule';

/** The name of the queue, the empty text where the template has none. */
const PARAMETER = 'queue';

/**
 * Where what a queue writes may be: in the pods of a template that has one, and in a Job of it when it is changed by who
 * keeps the queue: Kueue, or an administrator. Told by the right to admit a Workload of Kueue in this namespace, so that
 * nobody's name has to be known; a manager does not have it.
 */
export const FROM_QUEUE = {
  name: 'fromQueue',
  expression:
    `variables.allowed['sandbox.drydock.dev/${PARAMETER}'] != '' && ` +
    "(!variables.isJob || request.operation == 'UPDATE' && " +
    "authorizer.group('kueue.x-k8s.io').resource('workloads').subresource('status')" +
    ".namespace(object.metadata.namespace).check('patch').allowed())",
} as const;

/** The template chooses the queue, for all that is made of it, and nobody changes it later. */
export function queueRule(queue: Templated<string | undefined>, place: Place, into: Rules): Rule {
  const wanted = parameter(PARAMETER, treeOf(queue), into);
  const was = `variables.oldJobMeta.?labels[?${celText(QUEUE_LABEL)}].orValue('')`;
  const now = `${place.cel}.optMap(value, string(value)).orValue('')`;
  return {
    ...pathOf(place),
    holds: `${now} == (request.operation == 'CREATE' ? ${wanted} : ${was})`,
    demand: `(${wanted} == '' ? ${celText('none, the template has no queue')} : ${wanted})`,
    found: foundAt(place),
  };
}

/**
 * Without a queue a Job starts at once. With one it is made suspended, is let start by who keeps the queue, and may be
 * suspended by the same. It is started once: what was ever changed is another generation, and a second pod would run the
 * command of a Job a second time.
 */
export function suspendRule(queue: Templated<string | undefined>, place: Place, into: Rules): Rule {
  const name = parameter(PARAMETER, treeOf(queue), into);
  const is = (what: boolean) => `${place.cel} == optional.of(${what})`;
  const isKept = `${place.cel} == variables.old.?spec.?suspend`;
  const isFirst = 'variables.old.?metadata.?generation.orValue(0) == 1';
  const flipped = `variables.fromQueue && (${is(true)} || ${isFirst})`;
  const queued = `request.operation == 'CREATE' ? ${is(true)} : (${isKept} || ${flipped})`;
  return {
    ...pathOf(place),
    holds: `${name} == '' ? ${is(false)} : (${queued})`,
    demand: `(${name} == '' ? 'false' : ${celText('true, until the queue lets it start, once')})`,
    found: foundAt(place),
  };
}
