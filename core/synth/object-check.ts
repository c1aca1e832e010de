import type { ApiObject } from 'cdk8s';
import { type Fault, objectFaults } from '../schema';
import { DrydockError, type Tree } from '../template';
import { type GuardedObject, isNewerThanSchema, placeOf } from '../tree';
import type { RenderedObject } from './rendering';

interface Found {
  readonly where: string;
  readonly fault: Fault;
}

/** How many faults one error lists: a longer list would not be read. */
const TOLD = 10;

/** Collects what the API server would refuse of everything that is written, for one error that tells all of it. */
export class ObjectCheck {
  private readonly found = new Map<string, Found>();

  /** @param isOff everything passes. */
  constructor(private readonly isOff: boolean) {}

  /** An object as plain YAML has it. */
  rendered({ json, where, object }: RenderedObject): void {
    // Stock prints an empty line where a construct gives no object; there is nothing to hold against a schema.
    if (json !== undefined && !this.isOff) this.add(where, object, json, objectFaults(json));
  }

  /** An object as a chart has it: what is wrong of it whatever the values are. */
  template({ object, tree }: GuardedObject): void {
    if (!this.isOff) this.add(placeOf(object), object, tree, objectFaults(tree, { isPartial: true }));
  }

  private add(where: string, object: ApiObject | undefined, tree: Tree, faults: readonly Fault[]): void {
    for (const fault of faults) {
      if (isNewerThanSchema(object, fault.field)) continue;
      const place = `${where} (${nameOf(tree)}) ${fault.field}`.trim();
      this.found.set(`${place} ${fault.expected}`, { where: place, fault });
    }
  }

  /** @throws where there is something that the API server would refuse. */
  refuse(): void {
    const [first, ...others] = this.found.values();
    if (!first) return;
    const { found, expected, remedy } = first.fault;
    throw new DrydockError('INVALID_OBJECT', {
      where: first.where,
      found,
      expected,
      remedy: `${remedy} If a newer Kubernetes takes it, say so with \`newerThanSchema\`.${alsoWrong(others)}`,
    });
  }
}

function alsoWrong(others: readonly Found[]): string {
  if (others.length === 0) return '';
  const told = others
    .slice(0, TOLD)
    .map(({ where, fault }) => `\n  ${where}: found ${fault.found}; expected ${fault.expected}`);
  const more = others.length > TOLD ? `\n  and ${others.length - TOLD} more` : '';
  return ` Wrong as well:${told.join('')}${more}.`;
}

/** The kind, and the name where it is one text; an object may be anything here. */
function nameOf(tree: Tree): string {
  const { kind, metadata } = tree as {
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown };
  };
  const said = typeof kind === 'string' ? kind : 'an object';
  return typeof metadata?.name === 'string' ? `${said} "${metadata.name}"` : said;
}
