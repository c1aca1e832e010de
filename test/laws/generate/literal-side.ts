import { ApiObject, type Chart } from 'cdk8s';
import type { CondSpec, LiteralObject, LiteralValues, TextSpec } from './literal-program';
import { type Side, textsOf } from './side';

/** The same questions as in expression-side.ts, in plain JavaScript. */
function asked({ names, labels, any, tag }: LiteralValues): object {
  const kept = Object.entries(labels).filter(([key, label]) => key !== 'a' && label !== 'a');
  const keys = Object.keys(labels).sort();
  return {
    names: names.filter((name) => name !== 'a'),
    labels: Object.fromEntries(kept),
    some: names.some((name) => name === 'b'),
    every: Object.values(labels).every((label) => label !== ''),
    keys,
    values: keys.map((key) => labels[key]),
    first: names[0],
    orFirst: names[0] ?? 'none',
    joined: names.join('/'),
    trimmed: [any.replace(/^a/, ''), tag.replace(/t$/, '')],
    cut: tag,
  };
}

/** The program as it is written with the literals at hand. */
export class LiteralSide implements Side {
  constructor(
    readonly chart: Chart,
    private readonly given: LiteralValues,
  ) {}

  private cond(spec: CondSpec): boolean {
    const { flag, other, maybe, names, count, tag } = this.given;
    switch (spec.c) {
      case 'flag':
        return flag;
      case 'other':
        return other;
      case 'isSet':
        return maybe !== undefined;
      case 'isEmpty':
        return names.length === 0;
      case 'not':
        return !this.cond(spec.of);
      case 'and':
        return this.cond(spec.a) && this.cond(spec.b);
      case 'or':
        return this.cond(spec.a) || this.cond(spec.b);
      case 'more':
        return count > spec.than;
      case 'tagIs':
        return tag === spec.what;
    }
  }

  text(spec: TextSpec): string {
    switch (spec.t) {
      case 'literal':
        return spec.value;
      case 'maybe':
        return this.given.maybe ?? 'absent';
      case 'count':
        return `${this.given.count}`;
      case 'join':
        return spec.parts.map((part) => this.text(part)).join('');
      case 'choose':
        return this.cond(spec.cond) ? this.text(spec.yes) : this.text(spec.no);
      default:
        return this.given[spec.t];
    }
  }

  ownText(spec: TextSpec): string {
    return this.text(spec);
  }

  number(which: 'count' | number): number {
    return which === 'count' ? this.given.count : which;
  }

  port(which: 'value' | number): number {
    return which === 'value' ? this.given.port : which;
  }

  host(): string {
    return this.given.host;
  }

  path(): string {
    return this.given.path;
  }

  when(cond: CondSpec, body: () => void): void {
    if (this.cond(cond)) body();
  }

  each(body: (name: unknown, id: string) => void): void {
    for (const name of this.given.names) body(name, name);
  }

  labels(): Readonly<Record<string, string>> {
    return this.given.labels;
  }

  own(
    id: string,
    name: unknown,
    { texts, spread, perName, optional, splice }: LiteralObject & { o: 'kube' },
  ): void {
    const { names, labels } = this.given;
    const perNames = [];
    for (const one of names) if (perName) perNames.push({ name: one, text: `${one}-${this.text(perName)}` });
    new ApiObject(this.chart, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: name as string, labels },
      // A key written beside a spread map wins at any place; see docs/decisions/0001-expressions.md.
      data: { ...(spread ? labels : {}), a: 'own', ...textsOf(texts, this) },
      perName: perName && perNames,
      optional: optional && this.cond(optional.cond) ? this.text(optional.text) : undefined,
      list: splice ? ['first', ...names, 'last'] : ['first', 'last'],
      asked: perName && asked(this.given),
    });
  }
}
