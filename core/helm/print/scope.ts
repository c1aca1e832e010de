import { DrydockError, type Loop } from '../../template';
import { factsOf, given, type Truth } from './truth';

/** Nothing but helm installs a chart: what plain YAML alone has, or has not, is decided here. */
const INSTALLED_BY_HELM = ['(eq .Release.Service "Helm")', '(eq $.Release.Service "Helm")'];

/** Where in a template a line is printed: what `.` means there, and the loop variables in reach. */
export class Scope {
  private constructor(
    /** `.` at the top, `$` where a loop has rebound it. */
    readonly root: '.' | '$',
    private readonly names: ReadonlyMap<Loop, string>,
    private readonly where: string,
    private readonly facts: ReadonlySet<string> = new Set(INSTALLED_BY_HELM),
  ) {}

  /** What is before `.Values`. */
  get prefix(): '' | '$' {
    return this.root === '$' ? '$' : '';
  }

  static top(where: string): Scope {
    return new Scope('.', new Map(), where);
  }

  /** Where a condition holds, it need not be asked again. */
  knowing(cond: string): Scope {
    return new Scope(this.root, this.names, this.where, new Set([...this.facts, ...factsOf(cond)]));
  }

  /** What is left to ask of a condition here. */
  ask(cond: Truth): Truth {
    return given(cond, this.facts);
  }

  /** Inside a loop over the given template text; its variable is called after what it loops over. */
  inside(loop: Loop, over: string): Scope {
    const last = over.replace(/[()]/g, '').split(/[. ]/).pop()?.replace(/\W/g, '') ?? '';
    const single = last.length > 3 && last.endsWith('s') ? last.slice(0, -1) : 'item';
    const taken = new Set([...this.names.values()].flatMap((used) => [used, `${used}Key`]));
    let name = single;
    for (let count = 2; taken.has(name) || taken.has(`${name}Key`); count++) name = `${single}${count}`;
    // Outside of any loop conditions are written without `$`.
    const facts = this.root === '$' ? this.facts : undefined;
    return new Scope('$', new Map(this.names).set(loop, name), this.where, facts);
  }

  itemVariable(loop: Loop): string {
    return `$${this.nameOf(loop)}`;
  }

  keyVariable(loop: Loop): string {
    return `$${this.nameOf(loop)}Key`;
  }

  cannotPrint(what: string): never {
    throw new DrydockError('CANNOT_PRINT', {
      where: this.where,
      found: what,
      expected: 'something that a Helm template can say exactly',
      remedy: 'Move the condition out: `when(...)` around the object, or a value that is already the list.',
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
