import type { Chart } from 'cdk8s';
import { value } from '../../../core/values';
import type { CondSpec, LiteralObject, TextSpec } from './literal-program';

/** What a value does to a program, which is another thing with expressions than with literals. */
export interface Side {
  readonly chart: Chart;
  /** A text for code that knows nothing of expressions. */
  text(spec: TextSpec): string;
  /** The same in an object of ours. */
  ownText(spec: TextSpec): unknown;
  number(which: 'count' | number): number;
  port(which: 'value' | number): number;
  host(): string;
  path(): string;
  when(cond: CondSpec, body: () => void): void;
  each(body: (name: unknown, id: string) => void): void;
  /** A map of texts, to be spread. */
  labels(): Readonly<Record<string, string>>;
  own(id: string, name: unknown, spec: LiteralObject & { o: 'kube' }): void;
}

export const doc = 'Generated';

/** The values of every program. */
export const declarations = {
  flag: value.boolean({ doc }),
  other: value.boolean({ doc }),
  count: value.integer({ min: 1, max: 6, doc }),
  port: value.port({ doc }),
  tag: value.string({ pattern: '^[A-Za-z0-9.]+$', doc }),
  host: value.string({ doc }),
  path: value.string({ doc }),
  any: value.string({ doc }),
  names: value.list(value.dnsName({ doc }), { doc }),
  labels: value.map(value.string({ doc }), { doc }),
  maybe: value.string({ optional: true, doc }),
};

export function textsOf(texts: readonly TextSpec[], side: Side): object {
  return Object.fromEntries(texts.map((one, index) => [`text-${index}`, side.ownText(one)]));
}
