import type { Construct } from 'constructs';
import { App } from '../../../core/synth';
import type { Expression } from '../../../core/template';
import { HelmChart } from '../../../core/tree';
import {
  type Declarations,
  type DeclaredValues,
  defineValues,
  type ObjectPatch,
  value,
} from '../../../core/values';
import { overridesFor, withoutGlobals } from './given';
import { PATCHES } from './given-patches';
import { ObjectBuilder } from './object-builder';
import {
  type Called,
  type DeclaredTree,
  type GeneratedChart,
  isDeclared,
  MAX_SUBCHARTS,
  type Program,
  type SubchartSpec,
} from './program';
import { GLOBALS } from './umbrella-program';
import { type Declared, declare } from './value-spec';

/** The chart that a program describes, made with the API that users have. */
export function build(program: Program): GeneratedChart {
  return new ChartClass('law', program).make(new App({ outdir: 'unused' }), 'law');
}

/** A program as a class of charts: its values are declared once, however often the chart is made. */
class ChartClass {
  readonly declared: DeclaredTree;
  private readonly values: DeclaredValues;
  private readonly subcharts: readonly Subchart[];
  private readonly tags: readonly string[];

  constructor(
    private readonly name: string,
    private readonly program: Program,
  ) {
    this.declared = namesOf(program);
    const { tags = [], subcharts = [] } = program.umbrella ?? {};
    this.subcharts = subcharts.flatMap((spec, index) => this.usesOf(spec, index));
    this.tags = [...new Set(this.subcharts.flatMap(({ options }) => options.tags))];
    const switches = this.tags.map((tag) => [
      tag,
      value.boolean({ default: tags[Number(tag.slice(1))] as boolean, doc: 'Generated' }),
    ]);
    this.values = defineValues({
      ...declarationsOf(this.declared),
      ...(switches.length > 0 ? { tags: Object.fromEntries(switches) } : {}),
      ...(program.isPatched ? { [PATCHES]: value.patches({ default: [], doc: 'Generated' }) } : {}),
      ...(program.secret ? { credentials: credentials(program.called) } : {}),
      ...Object.fromEntries(
        this.subcharts.map(({ key, inner, options }) => [key, value.subchart(inner.values, options)]),
      ),
    });
  }

  private usesOf({ program, uses }: SubchartSpec, index: number): Subchart[] {
    const { charts } = this.program.called;
    const inner = new ChartClass(charts[index] as string, program);
    const { tags: defaults = [] } = this.program.umbrella ?? {};
    return uses.map((use, at) => {
      const key = at === 0 ? inner.name : (charts[MAX_SUBCHARTS + index] as string);
      const switches = [
        ...switchesIn(this.declared, ''),
        ...switchesIn(withoutGlobals(inner.declared), `${key}.`),
      ];
      const enabled = 'enabled' in inner.declared ? undefined : use.enabled;
      return {
        key,
        inner,
        options: {
          ...(enabled === undefined ? {} : { enabled }),
          condition: pickAll(switches, use.conditions),
          tags: pickAll(
            defaults.map((_, tag) => `t${tag}`),
            use.tags,
          ),
          values: (use.overrides === undefined ? {} : overridesFor(inner.declared, use.overrides)) as never,
        },
      };
    });
  }

  make(scope: Construct, id: string): GeneratedChart {
    const { called, secret } = this.program;
    const chart = new HelmChart(scope, id, {
      name: this.name,
      description: called.description,
      version: called.version,
      appVersion: called.appVersion,
      environments: Object.fromEntries(called.environments.map((one) => [one, {}])) as never,
      values: this.values,
    });
    const subcharts = this.subcharts.map(({ key, inner, options }) => ({
      key,
      hasEnabled: options.enabled !== undefined,
      generated: inner.make(chart, key),
      alone: () => inner.make(new App({ outdir: 'unused' }), inner.name),
    }));
    const keys = subcharts.map(({ key }) => key);
    new ObjectBuilder(chart, this.values as never, this.declared, keys).run(this.program);
    const { [PATCHES]: patches } = this.values as unknown as Readonly<Record<string, Patches | undefined>>;
    if (patches) chart.patches(patches);
    const secretKeys = secret ? called.secretKeys : [];
    return {
      chart,
      declared: this.declared,
      secretKeys,
      tags: this.tags,
      isPatched: Boolean(patches),
      subcharts,
    };
  }
}

type Patches = Expression<readonly ObjectPatch[]>;

interface Subchart {
  readonly key: string;
  readonly inner: ChartClass;
  readonly options: {
    readonly enabled?: boolean;
    readonly condition: readonly string[];
    readonly tags: readonly string[];
    readonly values: never;
  };
}

function credentials({ secretKeys, description }: Called) {
  return value.secret({
    doc: description,
    keys: Object.fromEntries(secretKeys.map((key) => [key, `${description} key`])),
  });
}

function pickAll(from: readonly string[], numbers: readonly number[]): string[] {
  return from.length === 0 ? [] : [...new Set(numbers.map((n) => from[n % from.length] as string))];
}

function switchesIn(declared: DeclaredTree, path: string): string[] {
  return Object.entries(declared).flatMap(([name, one]) => {
    if (!isDeclared(one)) return switchesIn(one, `${path}${name}.`);
    return one.spec.type === 'boolean' ? [`${path}${name}`] : [];
  });
}

function namesOf({ groups, umbrella, called }: Program): DeclaredTree {
  const result: Record<string, Declared | DeclaredTree> = {};
  for (const [at, group] of groups.entries()) {
    const named = Object.fromEntries(group.map((one, index) => [called.values[index] as string, one]));
    if (at === 0) Object.assign(result, named);
    else result[called.groups[at - 1] as string] = named;
  }
  for (const [index, one] of (umbrella?.globals ?? []).entries())
    if (one) setDeep(result, ['global', ...(GLOBALS[index] as string).split('.')], one);
  return result;
}

function setDeep(
  tree: Record<string, Declared | DeclaredTree>,
  path: readonly string[],
  one: Declared,
): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) tree[first] = one;
  else {
    tree[first] = { ...tree[first] };
    setDeep(tree[first] as Record<string, Declared | DeclaredTree>, rest, one);
  }
}

function declarationsOf(declared: DeclaredTree): Declarations {
  return Object.fromEntries(
    Object.entries(declared).map(([name, one]) => [
      name,
      isDeclared(one) ? declare(one) : declarationsOf(one),
    ]),
  );
}
