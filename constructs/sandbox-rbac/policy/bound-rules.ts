import { joinTexts, type Templated, treeOf } from '../../../core/template';
import type { Bound } from '../../../sandbox/spec';
import { celField, celText } from './cel';
import { parameter } from './parameters';
import { foundAt, type Place, pathOf } from './place';
import type { Rule, Rules } from './rule';

/** The rules for a field that each run chooses. */
export function boundRule(bound: Bound, place: Place, into: Rules): Rule[] {
  switch (bound.kind) {
    case 'any':
      return [];
    case 'listed':
      return [listed(bound.texts, place, into)];
    case 'numberAtMost': {
      const most = parameter(`${place.path}.max`, treeOf(bound.limit), into);
      const holds = `${place.cel}.optMap(value, value >= 1 && value <= int(${most})).orValue(false)`;
      return [{ ...pathOf(place), holds, demand: `'1 to ' + ${most}`, found: foundAt(place) }];
    }
    case 'quantityAtMost': {
      const most = parameter(`${place.path}.max`, treeOf(bound.limit), into);
      const compared = `quantity(string(value)).compareTo(quantity(${most})) <= 0`;
      const holds = `${place.cel}.optMap(value, ${compared}).orValue(false)`;
      return [{ ...pathOf(place), holds, demand: `'at most ' + ${most}`, found: foundAt(place) }];
    }
    case 'quantityOf':
      return [sameAs(bound.path, place)];
  }
}

/** Images hold no comma, so a list of them is one text. */
function listed(texts: Templated<readonly string[]>, place: Place, into: Rules): Rule {
  const all = parameter(`${place.path}.oneOf`, treeOf(joinTexts(texts as never, ',')), into);
  const begins = `value.startsWith(allowed.substring(0, allowed.size() - 1))`;
  const one = `allowed.endsWith('*') ? ${begins} : value == allowed`;
  return {
    ...pathOf(place),
    holds: `${place.cel}.optMap(value, ${all}.split(',').exists(allowed, ${one})).orValue(false)`,
    demand: `'one of ' + ${all}`,
    found: foundAt(place),
  };
}

/** Less would be taken from others, more cannot be; left out, the API server takes the limit. */
function sameAs(path: string, place: Place): Rule {
  const [, group, name] = /\.(\w+)\.([^.]+)$/.exec(path) as unknown as [string, string, string];
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
