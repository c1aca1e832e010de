import { joinTexts, type Templated, treeOf } from '../../../core/template';
import { type Bound, KUEUE_POD_LABELS, POOL_LABELS, TEXT_BYTES, VARIABLE_BYTES } from '../../../sandbox/spec';
import { celField, celLiteral, celText } from './cel';
import { letsRunInCel } from './images';
import { parameter } from './parameters';
import { foundAt, type Place, pathOf } from './place';
import { queueRule, suspendRule } from './queue-rules';
import type { Rule, Rules } from './rule';

/** The rule for a field that each run chooses. */
export function boundRule(bound: Bound, place: Place, into: Rules): Rule {
  switch (bound.kind) {
    case 'texts':
      return within(bound.mostBytes, TEXT_BYTES, 'text', bytesOf('text'), place);
    case 'variables': {
      const bytes = `${bytesIn('entry', 'name')} + ${bytesIn('entry', 'value')}`;
      return within(bound.mostBytes, VARIABLE_BYTES, 'entry', bytes, place);
    }
    case 'image':
      return allowedImage(bound.allowed, place, into);
    case 'labels':
      return allowedLabels([], bound.keys, place, into);
    case 'number': {
      const most = parameter(`${place.path}.max`, treeOf(bound.most), into);
      const holds = `${place.cel}.optMap(value, value >= 1 && value <= int(${most})).orValue(false)`;
      return { ...pathOf(place), holds, demand: `'1 to ' + ${most}`, found: foundAt(place) };
    }
    case 'quantity': {
      const most = parameter(`${place.path}.max`, treeOf(bound.most), into);
      const amount = 'quantity(string(value))';
      const compared = `${amount}.isGreaterThan(quantity('0')) && ${amount}.compareTo(quantity(${most})) <= 0`;
      const holds = `${place.cel}.optMap(value, ${compared}).orValue(false)`;
      return { ...pathOf(place), holds, demand: `'above 0, at most ' + ${most}`, found: foundAt(place) };
    }
    case 'quantityOf':
      return sameAs(bound.path, place);
    case 'queue':
      return queueRule(bound.queue, place, into);
    case 'suspended':
      return suspendRule(bound.queue, place, into);
  }
}

function allowedImage(allowed: Templated<readonly string[]>, place: Place, into: Rules): Rule {
  const all = parameter(`${place.path}.oneOf`, treeOf(joinTexts(allowed, ',')), into);
  return {
    ...pathOf(place),
    holds: `${place.cel}.optMap(value, ${letsRunInCel('value', all)}).orValue(false)`,
    demand: `'one of ' + ${all}`,
    found: foundAt(place),
  };
}

/** What the API server writes into the template of a Job, to tell its pods from those of others. */
const JOB_LABELS = [
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
];

/** The template's own labels, those that a run may choose, and on a change those that were there. */
export function allowedLabels(
  own: readonly string[],
  keys: Templated<readonly string[]>,
  place: Place,
  into: Rules,
  inPods: readonly string[] = [],
): Rule {
  const chosen = parameter('labels.oneOf', treeOf(joinTexts(keys, ',')), into);
  // What a pool marks a Job with has rules of its own; a pod has none of it.
  const known = [...own, ...(place.part === 'pod' ? JOB_LABELS : POOL_LABELS)];
  const before = place.part === 'pod' ? 'variables.oldMeta' : 'variables.oldJobMeta';
  const labels = `${place.cel}.orValue({})`;
  const isKept = `${before}.?labels[?key] == optional.of(${labels}[key])`;
  const alone =
    inPods.length > 0 && place.part === 'pod' ? ` || key in ${celLiteral(inPods)} && !variables.isJob` : '';
  // What is found is said without it: an expression of a message may not ask who has which right.
  const isKnown = `key in ${celLiteral(known)}${alone} || key in ${chosen}.split(',') || ${isKept}`;
  const fromQueue =
    place.part === 'pod'
      ? ` || key in ${celLiteral(KUEUE_POD_LABELS as string[])} && variables.fromQueue`
      : '';
  return {
    ...pathOf(place),
    keys: `${labels}.filter(key, !(${isKnown})).join(', ')`,
    holds: `${labels}.all(key, ${isKnown}${fromQueue})`,
    demand: `${celText("the template's own labels and ")} + ${chosen}`,
  };
}

/** Their number first: adding up a list of any length would keep the API server busy. */
function within(most: number, each: number, entry: string, bytes: string, place: Place): Rule {
  const all = `${place.cel}.orValue([])`;
  return {
    ...pathOf(place),
    holds: `${all}.size() <= ${most / each} && ${all}.map(${entry}, ${bytes} + ${each}).sum() <= ${most}`,
    demand: celText(`at most ${most} bytes together, with ${each} for each`),
    found: `string(${all}.size()) + ' of them'`,
  };
}

function bytesOf(text: string): string {
  return `size(bytes(string(${text})))`;
}

function bytesIn(entry: string, key: string): string {
  return bytesOf(`${entry}.?${key}.orValue('')`);
}

/** Less would be taken from others, more cannot be; left out, the API server takes the limit. */
function sameAs(path: string, place: Place): Rule {
  const [, group = '', name = ''] = /\.(\w+)\.([^.]+)$/.exec(path) ?? [];
  const above = place.cel.replace(/\.\?\w+(\.\?[\w]+|\[\?'[^']+'\])$/, '');
  const other = celField(`${above}.?${group}`, name);
  const same = `quantity(string(value)).compareTo(quantity(string(${other}.orValue(value)))) == 0`;
  return {
    ...pathOf(place),
    holds: `${place.cel}.optMap(value, ${same}).orValue(true)`,
    demand: celText(`the same as ${group}.${name}`),
    found: foundAt(place),
  };
}
