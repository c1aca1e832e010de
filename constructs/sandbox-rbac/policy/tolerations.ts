import { isNode, isTreeList, isTreeMap, type Json, type Tree } from '../../../core/template';
import { celLiteral, celText } from './cel';
import { parameter } from './parameters';
import { type Place, pathOf } from './place';
import type { Rule, Rules } from './rule';
import { SERVER_TOLERATIONS } from './server-fields';

/** No toleration but the template's and those that every pod gets. */
export function tolerationRule(tree: Tree, place: Place, into: Rules): Rule {
  const own = isTreeList(tree)
    ? tree.map((entry, index) => literal(entry, `${place.path}[${index}]`, into))
    : [];
  const given = own.length > 0 ? [`entry in [${own.join(', ')}]`] : [];
  const added = [
    `entry.?key.orValue('') in ${celLiteral(SERVER_TOLERATIONS)}`,
    "entry.?operator.orValue('') == 'Exists'",
    "entry.?effect.orValue('') == 'NoExecute'",
  ].join(' && ');
  const known = [...given, added].join(' || ');
  return {
    ...pathOf(place),
    holds: `${place.cel}.orValue([]).all(entry, ${known})`,
    demand: celText(own.length > 0 ? 'the tolerations of the template' : 'none'),
  };
}

function literal(tree: Tree, path: string, into: Rules): string {
  if (isNode(tree) || typeof tree === 'string') return parameter(path, tree, into);
  if (!isTreeMap(tree)) return celLiteral(tree as Json);
  const entries = Object.entries(tree).map(
    ([key, entry]) => `${celText(key)}: ${literal(entry, `${path}.${key}`, into)}`,
  );
  return `{${entries.join(', ')}}`;
}
