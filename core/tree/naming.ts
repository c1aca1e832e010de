import {
  ANY_TEXT,
  DrydockError,
  Expression,
  isNode,
  isTreeMap,
  mayBeAbsent,
  Node,
  type Shape,
  shapeOf,
  type Tree,
  treeOf,
  writtenHere,
} from '../template';
import { defineValues, inLiteralMode, namingDeclarations } from '../values';
import { chart, release } from './release';

/**
 * A name is never cut: two long release names could become one; `nameAssertions` refuses what is too long instead.
 * Helpers bear the chart's own name, also where a parent calls the chart otherwise: their text is the same for all of
 * that name, and helm keeps one of each.
 */
export function defineNaming(chartName: string) {
  const values = defineValues(namingDeclarations());
  return { values, ...namesFrom(chartName, chart.name, values.nameOverride, values.fullnameOverride) };
}

/** The name in labels and the start of all names, as `helm create` has them; `helper` is the start of the helpers' names. */
export function namesFrom(
  helper: string,
  chartName: string | Expression<string>,
  nameOverride: Expression<string>,
  fullnameOverride: Expression<string>,
) {
  const name = fragment(`${helper}.name`, nameOverride.equals('').then(chartName, nameOverride));
  const fullname = fragment(
    `${helper}.fullname`,
    fullnameOverride
      .equals('')
      .then(release.name.contains(name).then(release.name, `${release.name}-${name}`), fullnameOverride),
  ) as Expression<string>;
  return { name: name as Expression<string>, fullname };
}

export type Naming = ReturnType<typeof defineNaming>;

/** An expression that the chart prints once as a named helper, and includes wherever it is. */
export function fragment<T>(name: string, body: T | Expression<T>): Expression<T> {
  if (inLiteralMode()) return body as Expression<T>;
  const tree = treeOf(body);
  return new Expression<T>(
    writtenHere(new Node({ op: 'fragment', name, body: tree }, fragmentShape(name, tree))),
  );
}

function fragmentShape(name: string, tree: Tree): Shape {
  const shape = shapeOf(tree);
  const isMap = isTreeMap(tree) || (isNode(tree) && tree.op.op === 'merge');
  if (isMap) return { type: 'map', values: ANY_TEXT, keys: 'any' };
  if (shape.type === 'string' && !mayBeAbsent(tree)) return shape;
  throw new DrydockError('HELPER_BODY', {
    where: `the helper ${name}`,
    found: mayBeAbsent(tree) ? 'something that may not be there' : `a ${shape.type}`,
    expected: 'a text, or a map written as an object',
    remedy: 'What a helper gives is text; use the expression itself in place of the helper.',
  });
}
