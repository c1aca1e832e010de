import { isNode, type Tree } from '../core/template';
import { type Exceptions, exceptionFor, type Subject } from './exceptions';
import type { HardenException, HardenRule } from './options';
import type { HardenChange, HardenFinding, HardenPlace } from './report';
import type { Target } from './targets';
import { fieldOf, isMap, knownOf, mapsIn, type Part } from './trees';

type Steps = readonly (string | number)[];

/** A container of the pod, and the steps that lead to it from the spec. */
export interface ContainerPlace {
  readonly list: 'containers' | 'initContainers';
  readonly part: Part;
  readonly at: Steps;
  readonly name: string;
}

/** Where changes and findings are written down. */
export interface Notes {
  readonly changes: HardenChange[];
  readonly findings: HardenFinding[];
}

/** Changes the pods of one object in place, and writes down each change; what an exception names stays. */
export class PodEdit {
  private readonly exceptions: readonly HardenException[];

  constructor(
    readonly target: Target,
    readonly subject: Subject,
    private readonly known: Exceptions,
    private readonly notes: Notes,
  ) {
    this.exceptions = known.of(subject);
  }

  get containers(): ContainerPlace[] {
    return (['initContainers', 'containers'] as const).flatMap((list) =>
      mapsIn(this.target.spec[list]).map(({ part, index }) => ({
        list,
        part,
        at: [list, index],
        name: typeof part.name === 'string' ? part.name : '',
      })),
    );
  }

  /** What is at a place of the spec; `null` is nothing, as for the server. */
  get(...steps: Steps): Tree {
    const found = steps.reduce<Tree>(
      (part, step) =>
        Array.isArray(part) ? part[step as number] : isMap(part) ? part[step as string] : undefined,
      this.target.spec,
    );
    return found ?? undefined;
  }

  /** Whether an exception keeps what a rule would change. It counts as used only by what it kept. */
  isKept(rule: HardenRule, container?: string): boolean {
    return exceptionFor(this.exceptions, rule, container) !== undefined;
  }

  /** Sets a field of the spec, unless it is so already, an expression says it, or an exception keeps it. */
  set(rule: HardenRule, steps: Steps, to: Tree, container?: string): boolean {
    const from = this.get(...steps);
    if (isNode(from)) return false;
    if (!isNode(to) && JSON.stringify(knownOf(from)) === JSON.stringify(knownOf(to))) return false;
    if (this.keep(rule, container)) return false;
    if (!this.write(steps, to)) return false;
    const change = { ...this.place(rule, steps), from: knownOf(from), to: knownOf(to) };
    this.notes.changes.push(change);
    return true;
  }

  /** Adds an entry at the end of a list of the spec, which need not be there yet. */
  add(rule: HardenRule, steps: Steps, entry: Tree, container?: string): boolean {
    const list = this.get(...steps);
    if (list !== undefined && !Array.isArray(list)) return false;
    if (this.keep(rule, container)) return false;
    const index = (list ?? []).length;
    if (!this.write(steps, [...(list ?? []), entry])) return false;
    this.notes.changes.push({ ...this.place(rule, [...steps, index]), to: knownOf(entry) });
    return true;
  }

  find(rule: HardenRule, steps: Steps, why: string, fix: string, container?: string): void {
    if (this.keep(rule, container)) return;
    this.notes.findings.push({ ...this.place(rule, steps), why, fix });
  }

  /** The same for what is not a field of the pod. */
  keeps(rule: HardenRule): boolean {
    return this.keep(rule, undefined);
  }

  private keep(rule: HardenRule, container: string | undefined): boolean {
    const exception = exceptionFor(this.exceptions, rule, container);
    if (exception) this.known.use(exception);
    return exception !== undefined;
  }

  /** An expression on the way is left alone: what it comes to is known at installation. */
  private write(steps: Steps, to: Tree): boolean {
    const way = steps.slice(0, -1);
    const last = steps.at(-1) as string;
    let part: Part = this.target.spec;
    for (const [index, step] of way.entries()) {
      const next = (part as Record<string | number, Tree>)[step] ?? undefined;
      if (isNode(next)) {
        this.find(
          'unreadable',
          way.slice(0, index + 1),
          'An expression is there, so what it comes to is known at installation only.',
          'Write an object with expressions inside.',
        );
        return false;
      }
      if (next === undefined) (part as Record<string | number, Tree>)[step] = {};
      part = (part as Record<string | number, Tree>)[step] as Part;
    }
    if (to === undefined) delete part[last];
    else part[last] = to;
    return true;
  }

  private place(rule: HardenRule, steps: Steps): HardenPlace {
    return {
      rule,
      ...placeOf(this.subject, this.target.object),
      field: fieldOf([...this.target.inside, ...this.target.at, ...steps]),
    };
  }
}

/** The object that a note is about. */
export function placeOf({ object, construct }: Subject, json: Part) {
  const { namespace } = (knownOf(json.metadata) ?? {}) as { readonly namespace?: string };
  return { construct: construct.node.path, object, ...(namespace && { namespace }) };
}
