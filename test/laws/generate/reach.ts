import { carriedNode, isNumeric, isScalar, mayBeAbsent, type Node } from '../../../core/template';
import type { Want } from './program';

/** Something that an expression can be made of, and the declared value that is used up by using it. */
interface Reachable {
  readonly given: unknown;
  readonly node: Node;
  readonly root?: string;
}

/** What expressions can be made of at one place of a program: inside of loops more, and that first. */
export class Reach {
  private all: Reachable[] = [];

  /** An expression, and those of its fields. */
  add(given: unknown, root?: string): void {
    const node = carriedNode(given);
    if (!node) return;
    this.all.push({ given, node, root });
    if (node.shape.type === 'object' && !mayBeAbsent(node))
      for (const inner of Object.values(given as object)) this.add(inner, root);
  }

  /** Values of a subchart, which its parent may read. */
  addAll(group: object): void {
    for (const member of Object.values(group)) {
      if (carriedNode(member)) this.add(member);
      else this.addAll(member);
    }
  }

  /** One of those that fit: a program says numbers, so that it fits any values. */
  find(n: number, fits: (node: Node) => boolean): unknown {
    const fitting = this.all.filter(({ node }) => fits(node));
    const found = fitting[n % fitting.length];
    return found?.given;
  }

  /** What is made with the variables of a loop in reach. */
  inLoop<Made>(item: unknown, key: unknown, make: () => Made): Made {
    const outer = this.all;
    this.all = [];
    this.add(item);
    this.add(key);
    this.all.push(...outer);
    const made = make();
    this.all = outer;
    return made;
  }

  /** A text that tells the entries of the loop apart, if there is one. */
  nameInLoop(item: unknown): unknown {
    const own = this.all.slice(0, this.all.length - 1).filter(({ root }) => root === undefined);
    const scalar = [item, ...own.map(({ given }) => given)].find((one) => isPresentScalar(carriedNode(one)));
    return scalar ?? 'same';
  }
}

export function matches({ shape }: Node, want: Want): boolean {
  if (want === 'text') return shape.type === 'string';
  if (want === 'number') return isNumeric(shape);
  return shape.type === want;
}

export function isLoopable(node: Node): boolean {
  return (node.shape.type === 'list' || node.shape.type === 'map') && !mayBeAbsent(node);
}

/** A list or map, also one that may be absent. */
export function isCollection({ shape }: Node): boolean {
  return shape.type === 'list' || shape.type === 'map';
}

export function isListOf({ shape }: Node, want: Want): boolean {
  return shape.type === 'list' && matches({ shape: shape.items } as Node, want);
}

/** A list of which helm and JavaScript make the same text. */
export function isJoinable(node: Node): boolean {
  const { shape } = node;
  const kinds = ['string', 'integer', 'boolean'];
  return shape.type === 'list' && kinds.includes(shape.items.type) && !mayBeAbsent(node);
}

/** One of several texts, which is always there. */
export function isChoice(node: Node): boolean {
  return node.shape.type === 'string' && node.shape.choices !== undefined && !mayBeAbsent(node);
}

export function isTextList(node: Node): boolean {
  return node.shape.type === 'list' && node.shape.items.type === 'string' && !mayBeAbsent(node);
}

export function isTextMap(node: Node): boolean {
  return node.shape.type === 'map' && node.shape.values.type === 'string';
}

function isPresentScalar(node: Node | undefined): boolean {
  return node !== undefined && isScalar(node.shape) && !mayBeAbsent(node);
}

export function isPlainText(node: Node | undefined): boolean {
  return node?.shape.type === 'string' && node.shape.text === 'plain';
}
