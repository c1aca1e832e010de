import { type Expression, text } from '../../../core/template';
import { forEach, type HelmChart, KubeObject, when } from '../../../core/tree';
import type { Values } from '../../../core/values';
import type { CondSpec, LiteralObject, TextSpec } from './literal-program';
import { type declarations, type Side, textsOf } from './side';

/** Questions about lists, maps and texts. */
function asked({ names, labels, any, tag }: Omit<Values<typeof declarations>, 'parse'>): object {
  return {
    names: names.filter((name) => name.notEquals('a')),
    labels: labels.filter((label, key) => key.notEquals('a').and(label.notEquals('a'))),
    some: names.some((name) => name.equals('b')),
    every: labels.every((label) => label.notEquals('')),
    keys: labels.keys,
    values: labels.values,
    first: names.first,
    orFirst: names.first.orElse('none'),
    joined: names.join('/'),
    trimmed: [any.trimPrefix('a'), tag.trimSuffix('t')],
    cut: tag.truncate(63),
  };
}

/** A program with the values of a chart. */
export class ExpressionSide implements Side {
  constructor(
    readonly chart: HelmChart,
    private readonly values: Omit<Values<typeof declarations>, 'parse'>,
  ) {}

  private cond(spec: CondSpec): Expression<boolean> {
    const { flag, other, maybe, names, count, tag } = this.values;
    switch (spec.c) {
      case 'flag':
        return flag;
      case 'other':
        return other;
      case 'isSet':
        return maybe.isSet;
      case 'isEmpty':
        return names.isEmpty;
      case 'not':
        return this.cond(spec.of).not();
      case 'and':
        return this.cond(spec.a).and(this.cond(spec.b));
      case 'or':
        return this.cond(spec.a).or(this.cond(spec.b));
      case 'more':
        return count.gt(spec.than);
      case 'tagIs':
        return tag.equals(spec.what);
    }
  }

  ownText(spec: TextSpec): Expression<string> | string {
    switch (spec.t) {
      case 'literal':
        return spec.value;
      case 'maybe':
        return this.values.maybe.orElse('absent');
      case 'count':
        return text`${this.values.count}`;
      case 'join':
        return spec.parts.reduce<Expression<string> | string>(
          (before, part) => text`${before}${this.ownText(part)}`,
          '',
        );
      case 'choose':
        return this.cond(spec.cond).then(this.ownText(spec.yes), this.ownText(spec.no));
      default:
        return this.values[spec.t];
    }
  }

  text(spec: TextSpec): string {
    if (spec.t === 'join') return spec.parts.map((part) => this.text(part)).join('');
    return `${this.ownText(spec)}`;
  }

  number(which: 'count' | number): number {
    return which === 'count' ? this.values.count.asNumber() : which;
  }

  port(which: 'value' | number): number {
    return which === 'value' ? this.values.port.asNumber({ min: 1, max: 65_535 }) : which;
  }

  host(): string {
    return this.values.host.asString();
  }

  path(): string {
    return this.values.path.asPath();
  }

  when(cond: CondSpec, body: () => void): void {
    when(this.cond(cond), body);
  }

  each(body: (name: unknown, id: string) => void): void {
    forEach(this.values.names, (name) => body(name, 'each'));
  }

  labels(): Readonly<Record<string, string>> {
    return { ...this.values.labels };
  }

  own(
    id: string,
    name: unknown,
    { texts, spread, perName, optional, splice }: LiteralObject & { o: 'kube' },
  ): void {
    const { names, labels } = this.values;
    new KubeObject(this.chart, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels },
      data: { a: 'own', ...(spread ? labels : {}), ...textsOf(texts, this) },
      perName: perName && names.map((one) => ({ name: one, text: text`${one}-${this.ownText(perName)}` })),
      optional: optional && this.cond(optional.cond).then(this.ownText(optional.text)),
      list: ['first', ...(splice ? names : []), 'last'],
      asked: perName && asked(this.values),
    } as never);
  }
}
