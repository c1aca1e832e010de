import {
  MARKS_OF_STATE,
  POOL_MARKS,
  POOL_TRANSITIONS,
  type PoolMark,
  type PoolState,
  TEMPLATE_ANNOTATION,
} from '../../../sandbox/spec';
import { celLiteral, celText } from './cel';
import { parameterAt } from './parameters';
import type { Rule } from './rule';

const STATES = Object.keys(POOL_TRANSITIONS) as PoolState[];
const MARKS = (Object.keys(POOL_MARKS) as PoolMark[]).filter((mark) => mark !== 'state');
const LABELS = 'variables.job.metadata.?labels.orValue({})';
const OLD_LABELS = 'variables.oldJobMeta.?labels.orValue({})';
const NOW = labelIn(LABELS, POOL_MARKS.state);
const WAS = labelIn(OLD_LABELS, POOL_MARKS.state);
const IS_CLAIM = `${WAS} == 'warm' && ${NOW} == 'claimed'`;

/**
 * What a manager may do with the marks of a warm pool, read off the tables that the runtime works by. The tests of its
 * patches hold among managers that keep to them; these rules hold for all.
 */
export const POOL_RULES: readonly Rule[] = [
  transitions(),
  ...MARKS.map(markRule),
  claimedTemplate(),
  idleLimit(),
];

/** A Job begins in a pool or is never in one, and its state goes one way. */
function transitions(): Rule {
  const steps = STATES.flatMap((from) => {
    const to: readonly string[] = POOL_TRANSITIONS[from];
    return to.length > 0 ? [`${WAS} == ${celText(from)} && ${NOW} in ${celLiteral(to as string[])}`] : [];
  });
  const begins = `request.operation == 'CREATE' && ${NOW} == 'warm'`;
  return {
    part: 'job',
    path: `metadata.labels.${POOL_MARKS.state}`,
    holds: [`${NOW} == ${WAS}`, begins, ...steps].join(' || '),
    demand: celText('warm from the beginning, and then claimed or retired, once'),
    found: NOW,
  };
}

/** Each is there in the states that have it, in no other, and never changes. */
function markRule(mark: PoolMark): Rule {
  const key = POOL_MARKS[mark];
  const states = STATES.filter((state) => MARKS_OF_STATE[state].includes(mark));
  const [now, was] = [`${LABELS}[?${celText(key)}]`, `${OLD_LABELS}[?${celText(key)}]`];
  const isThere = `(${celText(key)} in ${LABELS}) == (${NOW} in ${celLiteral(states)})`;
  return {
    part: 'job',
    path: `metadata.labels.${key}`,
    holds: `${isThere} && ${now}.orValue('-') != '' && (!${was}.hasValue() || ${now} == ${was})`,
    demand: celText(`set once, by who makes it ${states[0]}`),
    found: `${now}.orValue('nothing')`,
  };
}

/** Its template was looked at when it was made; by now the administrator may have another one. */
function claimedTemplate(): Rule {
  const key = celText(TEMPLATE_ANNOTATION);
  const found = `variables.job.metadata.?annotations.orValue({})[?${key}].orValue('')`;
  const wanted = parameterAt(TEMPLATE_ANNOTATION);
  return {
    part: 'job',
    path: `metadata.annotations.${TEMPLATE_ANNOTATION}`,
    holds: `!(${IS_CLAIM}) || ${found} == ${wanted}`,
    demand: wanted,
    found,
  };
}

/** What waits ends at its idle limit; only a claim gives it another deadline. */
function idleLimit(): Rule {
  const [now, was] = ['variables.jobSpec', 'variables.old.?spec'].map(
    (spec) => `${spec}.?activeDeadlineSeconds.orValue(0)`,
  );
  return {
    part: 'job',
    path: 'spec.activeDeadlineSeconds',
    holds: `!(${WAS} == 'warm') || ${NOW} == 'claimed' || ${now} <= ${was}`,
    demand: `'at most ' + string(${was})`,
    found: `string(${now})`,
  };
}

function labelIn(labels: string, key: string): string {
  return `${labels}[?${celText(key)}].orValue('')`;
}
