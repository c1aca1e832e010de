import {
  asMeant,
  carriedNode,
  describeNode,
  Expression,
  isNode,
  mayBeAbsent,
  Node,
  spreadNodesOf,
  type Tree,
  treeOf,
} from '../template';
import type { PropCode, Requirement } from './requirement';
import { shown } from './shown';

/** Whether a prop has to be given. */
export type Need = 'required' | 'optional';

/** Looks at what was given for a prop and tells what is wrong with it. */
export type Look = (given: unknown, prop: string) => readonly Requirement[];

/** How a shape speaks of what it takes. */
export interface ShapeWords {
  /** What is right, as it follows "expected". */
  readonly expected: string;
  /** What to do about a wrong one. */
  readonly remedy: string;
  /** @default 'PROP_INVALID' */
  readonly code?: PropCode;
  /** Whether what is given may be a secret, which no error shows. @default false */
  readonly isSecret?: boolean;
}

/** What a prop takes. Every refusal of a wrong one comes from here, for literals and for expressions. */
export class PropShape<N extends Need = 'optional'> {
  constructor(
    readonly words: ShapeWords,
    private readonly look: Look,
    readonly need: N = 'optional' as N,
    private readonly absentAtInstall = false,
  ) {}

  /** The same, but it has to be given. */
  required(): PropShape<'required'> {
    return new PropShape(this.words, this.look, 'required', this.absentAtInstall);
  }

  /** The same, but an optional value may be given for it: the field is left out where the value is not set. */
  orAbsent(): PropShape<N> {
    return new PropShape(this.words, this.look, this.need, true);
  }

  /**
   * The same, but no value may be given for the whole of a list or map, nor be spread into it: objects are made of each
   * entry, so the program has to see them.
   *
   * @param remedy what to do instead
   */
  inProgram(remedy = 'Write the entries one by one; what is in them may be values.'): PropShape<N> {
    const look: Look = (given, prop) =>
      isOpen(given) ? [{ ...this.refused(given, prop, remedy), found: OPEN }] : this.look(given, prop);
    return new PropShape(this.words, look, this.need, this.absentAtInstall);
  }

  /** Everything that is wrong, or may turn out to be when the chart is installed; empty where all is right. */
  requirements(given: unknown, prop: string): readonly Requirement[] {
    if (given === undefined) return this.need === 'required' ? [this.missing(prop)] : [];
    if (given === null) return [this.refused(given, prop, 'Leave it out instead.')];
    const meant = asGiven(given, prop);
    if (meant === undefined) return this.requirements(undefined, prop);
    const node = carriedNode(meant);
    if (!node || !mayBeAbsent(node)) return this.look(meant, prop);
    if (!this.absentAtInstall) return [this.maybeAbsent(describeNode(node), prop)];
    return whereThere(node, (present) => this.look(present, prop)) ?? this.look(meant, prop);
  }

  /** What is said of a wrong one. */
  refused(given: unknown, prop: string, remedy = this.words.remedy): Requirement {
    return unmet(this.words, given, prop, remedy);
  }

  private missing(prop: string): Requirement {
    return {
      ...unmet(this.words, undefined, prop, `Add ${prop}; it has no default.`),
      code: 'PROP_MISSING',
    };
  }

  private maybeAbsent(found: string, prop: string): Requirement {
    const remedy =
      'Use `.orElse(...)` on it, or declare the value with a default instead of `optional: true`.';
    return { ...unmet(this.words, undefined, prop, remedy), found };
  }
}

/** What a text, number or boolean is asked in place of one that may be absent: it is not looked at where it is absent. */
const STAND_INS: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

/** What is asked of a scalar that may be absent, where it is there. */
function whereThere(
  node: Node,
  look: (present: unknown) => readonly Requirement[],
): readonly Requirement[] | undefined {
  const standIn = STAND_INS[node.shape.type];
  if (standIn === undefined) return undefined;
  const given = new Expression<unknown>(node);
  // The declaration says as much of it as of one that is always there.
  const present = new Expression(
    new Node({ op: 'orElse', arg: node, fallback: standIn as Tree }, node.shape),
  );
  return look(present).map((one) =>
    one.holds === false ? one : { ...one, holds: given.isSet.not().or(one.holds) },
  );
}

export const OPEN = 'a value whose entries are not known yet';

/** Whether only the installation knows which entries a list or map has. */
export function isOpen(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  if (carriedNode(given) || spreadNodesOf(given).length > 0) return true;
  return Array.isArray(given) && given.some(isSplice);
}

/** An entry of a list that is all entries of another one. */
export function isSplice(item: unknown): item is Node & { readonly op: { readonly op: 'splice' } } {
  return isNode(item) && item.op.op === 'splice';
}

/** A requirement that does not hold. */
export function unmet(words: ShapeWords, given: unknown, prop: string, remedy = words.remedy): Requirement {
  const { code = 'PROP_INVALID', expected, isSecret } = words;
  return { code, prop, holds: false, found: shown(given, isSecret), expected, remedy };
}

/**
 * What was meant: stand-ins in a text or number become the expressions that they stand for, and what cdk8s calls a token is
 * asked for its value.
 */
function asGiven(given: unknown, prop: string): unknown {
  const { resolve } = given as { readonly resolve?: unknown };
  if (
    typeof given === 'object' &&
    typeof resolve === 'function' &&
    !Object.hasOwn(given as object, 'resolve')
  )
    return resolve.call(given);
  if (typeof given === 'string') return asMeant(given);
  if (typeof given !== 'number' || !Number.isFinite(given)) return given;
  const tree = treeOf(given, prop);
  return isNode(tree) ? new Expression(tree) : tree;
}
