import { DrydockError, type Loop, lineOf, type Node, outerLoopsOf, type Tree } from '../../template';
import { factsOf, given, type Truth } from './truth';

/** Nothing but helm installs a chart: what plain YAML alone has, or has not, is decided here. */
const INSTALLED_BY_HELM = ['(eq .Release.Service "Helm")', '(eq $.Release.Service "Helm")'];

/** What one loop, helper or document computes before its own lines. */
class Frame {
  readonly lines: string[] = [];
  readonly variables = new Map<Node, string>();
  base!: Scope;

  constructor(
    /** The names of variables of the whole document: those of loops, and those of what is computed. */
    readonly names: { readonly loops: Set<string>; readonly computed: Set<string> },
    readonly outer?: Frame,
  ) {}
}

/** Where in a template a line is printed: what `.` means there, and the loop variables in reach. */
export class Scope {
  private constructor(
    /** `.` at the top, `$` where a loop has rebound it. */
    readonly root: '.' | '$',
    private readonly names: ReadonlyMap<Loop, string>,
    private readonly where: string,
    private readonly frame: Frame,
    private readonly facts: ReadonlySet<string> = new Set(INSTALLED_BY_HELM),
  ) {}

  /** What is before `.Values`. */
  get prefix(): '' | '$' {
    return this.root === '$' ? '$' : '';
  }

  static top(where: string): Scope {
    return Scope.begin('.', new Map(), where, new Frame({ loops: new Set(), computed: new Set() }));
  }

  private static begin(
    root: '.' | '$',
    names: ReadonlyMap<Loop, string>,
    where: string,
    frame: Frame,
    facts?: ReadonlySet<string>,
  ): Scope {
    frame.base = new Scope(root, names, where, frame, facts);
    return frame.base;
  }

  /** The lines of a document, a helper or a loop, below those that compute what they need. */
  around(lines: (scope: Scope) => string[], indent = ''): string[] {
    const own = lines(this);
    return [...this.frame.lines.map((line) => `${indent}${line}`), ...own];
  }

  /**
   * The variable of what no pipeline can say. It is computed once, as far outside as all that it reads is known: nothing can
   * fail, so it does not matter that this is before the conditions around its use.
   */
  computed(node: Node, word: string, lines: (variable: string, scope: Scope) => string[]): string {
    const frame = this.frameOf(node);
    const before = frame.variables.get(node);
    if (before) return before;
    const variable = `$${this.freshName(word)}`;
    frame.variables.set(node, variable);
    frame.lines.push(...lines(variable, frame.base));
    return variable;
  }

  private frameOf(node: Node): Frame {
    const loops = [...outerLoopsOf(node)];
    let found = this.frame;
    for (let frame = found.outer; frame; frame = frame.outer) {
      const { names } = frame.base;
      if (loops.every((loop) => names.has(loop))) found = frame;
    }
    return found;
  }

  private freshName(word: string): string {
    const { loops, computed } = this.frame.names;
    const base = computed.has(word) ? word.replace(/\d+$/, '') : word;
    const start = /^[A-Za-z]\w*$/.test(base) ? base : 'list';
    let name = start;
    for (let count = 2; loops.has(name) || computed.has(name); count++) name = `${start}${count}`;
    computed.add(name);
    return name;
  }

  /** Where a condition holds, it need not be asked again. */
  knowing(cond: string): Scope {
    return new Scope(
      this.root,
      this.names,
      this.where,
      this.frame,
      new Set([...this.facts, ...factsOf(cond)]),
    );
  }

  /** What is left to ask of a condition here. */
  ask(cond: Truth): Truth {
    return given(cond, this.facts);
  }

  /** Inside a loop over the given template text; its variable is called after what it loops over. */
  inside(loop: Loop, over: string): Scope {
    const last = over.replace(/[()]/g, '').split(/[. ]/).pop()?.replace(/\W/g, '') ?? '';
    const word = this.frame.names.computed.has(last) ? last.replace(/\d+$/, '') : last;
    const single = word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : 'item';
    const { loops, computed } = this.frame.names;
    const taken = new Set([...[...this.names.values()].flatMap((used) => [used, `${used}Key`]), ...computed]);
    let name = single;
    for (let count = 2; taken.has(name) || taken.has(`${name}Key`); count++) name = `${single}${count}`;
    // Outside of any loop conditions are written without `$`.
    const facts = this.root === '$' ? this.facts : undefined;
    loops.add(name).add(`${name}Key`);
    const frame = new Frame(this.frame.names, this.frame);
    return Scope.begin('$', new Map(this.names).set(loop, name), this.where, frame, facts);
  }

  itemVariable(loop: Loop): string {
    return `$${this.nameOf(loop)}`;
  }

  keyVariable(loop: Loop): string {
    return `$${this.nameOf(loop)}Key`;
  }

  /** @param about what it is that cannot be said, for the line of the program */
  cannotPrint(what: string, about: Tree): never {
    throw new DrydockError('CANNOT_PRINT', {
      where: this.where,
      line: lineOf(about),
      found: what,
      expected: 'something that a Helm template can say exactly',
      remedy:
        'Move the condition out: `when(...)` around the object, or a value that is already the list. Of entries ask for one field: `.map((host) => host.name)`.',
    });
  }

  private nameOf(loop: Loop): string {
    const name = this.names.get(loop);
    if (name) return name;
    throw new DrydockError('ENTRY_OUTSIDE_LOOP', {
      where: this.where,
      found: 'the entry of a loop, used outside of it',
      expected: 'entries only inside the callback of their `map` or `forEach`',
      remedy: 'Make what uses the entry inside the callback.',
    });
  }
}
