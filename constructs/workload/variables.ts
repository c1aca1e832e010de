import {
  carriedNode,
  Expression,
  isNode,
  mayBeAbsent,
  type Node,
  type Templated,
  type TemplatedItem,
  type Tree,
  verbatim,
} from '../../core/template';
import { asComesTo } from '../condition';

/**
 * A text in which Kubernetes puts the value of a variable for `$(NAME)`: `{ withVariables: 'http://$(POD_IP):80' }`. Every
 * other text of a command or environment arrives as it is written; here `$$` is how a `$` is written.
 */
export interface WithVariables {
  readonly withVariables: Templated<string>;
}

/** One word of a command or of its arguments; one that is absent is left out. */
export type Word = TemplatedItem<string> | WithVariables;

export function isWithVariables(given: unknown): given is WithVariables {
  return typeof given === 'object' && given !== null && Object.hasOwn(given, 'withVariables');
}

/** A text as it has to be written so that it arrives as it was meant. */
export function arriving(given: Word): Templated<string> {
  if (isWithVariables(given)) return given.withVariables;
  const node = carriedNode(given);
  return node && mayBeAbsent(node) ? whereThere(node) : verbatim(given as Templated<string>);
}

/** The same of a word that may be absent: it stays absent. */
function whereThere(node: Node): Templated<string> {
  const { op } = node;
  const part = (tree: Tree) =>
    tree === undefined || tree === null
      ? undefined
      : arriving((isNode(tree) ? new Expression(tree) : tree) as Word);
  if (op.op === 'if')
    return new Expression<boolean>(op.cond).then(part(op.yes), part(op.no)) as Expression<string>;
  const optional = new Expression<string | undefined>(node);
  return optional.isSet.then(verbatim(optional.orElse(''))) as Expression<string>;
}

/** The words of a command; a list of values may be given for all of them, or be spread among them. */
export function words(given: readonly Word[] | undefined): readonly Templated<string>[] | undefined {
  if (given === undefined) return undefined;
  const list: unknown = given;
  if (list instanceof Expression) return asComesTo(each(list as Expression<readonly string[]>));
  return given.flatMap((word): readonly Templated<string>[] => {
    const one: unknown = word;
    if (!isNode(one)) return [arriving(word)];
    const { op } = one;
    return op.op === 'splice'
      ? [...each(new Expression<readonly string[]>(op.list))]
      : [asComesTo(new Expression(one))];
  });
}

function each(list: Expression<readonly string[]>): Expression<readonly string[]> {
  return list.map((word) => verbatim(word as Templated<string>)) as Expression<readonly string[]>;
}
