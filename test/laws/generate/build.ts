import type { Construct } from 'constructs';
import { App } from '../../../core/synth';
import {
  carriedNode,
  type Expression,
  isNumeric,
  isScalar,
  joined,
  mayBeAbsent,
  type Node,
  text,
  treeOf,
  valuesReadBy,
} from '../../../core/template';
import {
  chart as chartFacts,
  cluster,
  forEach,
  HelmChart,
  KubeObject,
  objectsWithin,
  release,
  synthOrder,
  when,
} from '../../../core/tree';
import { type Declarations, type DeclaredValues, defineValues, value } from '../../../core/values';
import { overridesFor, withoutGlobals } from './given';
import {
  type DeclaredTree,
  type GeneratedChart,
  type GuardSpec,
  isDeclared,
  type ObjectSpec,
  type Program,
  type ScalarSpec,
  type SubchartSpec,
  type TreeSpec,
  type Want,
} from './program';
import { GLOBALS } from './umbrella-program';
import { type Declared, declare } from './value-spec';

/** Something that an expression can be made of, and the declared value that is used up by using it. */
interface Reach {
  readonly given: unknown;
  readonly node: Node;
  readonly root?: string;
}

const VALUE_NAMES = ['name', 'count', 'labels', 'items', 'enabled', 'extra'];
const GROUP_NAMES = ['', 'image', 'constructor'];
/** Names of subcharts by their place in the parent, and what each is called the second time. */
const SUBCHART_NAMES = ['web', 'db-one'];
const ALIASES = ['spare', 'db-0'];

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
      ...(program.secret ? { credentials: CREDENTIALS } : {}),
      ...Object.fromEntries(
        this.subcharts.map(({ key, inner, options }) => [key, value.subchart(inner.values, options)]),
      ),
    });
  }

  private usesOf({ program, uses }: SubchartSpec, index: number): Subchart[] {
    const own = SUBCHART_NAMES[index] as string;
    const inner = new ChartClass(this.name === 'law' ? own : `${this.name}-${own}`, program);
    const { tags: defaults = [] } = this.program.umbrella ?? {};
    return uses.map((use, at) => {
      const key = at === 0 ? inner.name : (ALIASES[index] as string);
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
    const chart = new HelmChart(scope, id, {
      name: this.name,
      description: 'Generated',
      version: '1.2.3-rc.1+build.5',
      appVersion: '1+2+3',
      values: this.values,
    });
    const subcharts = this.subcharts.map(({ key, inner, options }) => ({
      key,
      hasEnabled: options.enabled !== undefined,
      generated: inner.make(chart, key),
      alone: () => inner.make(new App({ outdir: 'unused' }), inner.name),
    }));
    const keys = subcharts.map(({ key }) => key);
    new Builder(chart, this.values as never, this.declared, keys).run(this.program);
    return { chart, declared: this.declared, hasSecret: this.program.secret, tags: this.tags, subcharts };
  }
}

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

const CREDENTIALS = value.secret({
  doc: 'Who it is',
  keys: { user: 'The user', password: 'The password' },
});

function pickAll(from: readonly string[], numbers: readonly number[]): string[] {
  return from.length === 0 ? [] : [...new Set(numbers.map((n) => from[n % from.length] as string))];
}

function switchesIn(declared: DeclaredTree, path: string): string[] {
  return Object.entries(declared).flatMap(([name, one]) => {
    if (!isDeclared(one)) return switchesIn(one, `${path}${name}.`);
    return one.spec.type === 'boolean' ? [`${path}${name}`] : [];
  });
}

function namesOf({ groups, umbrella }: Program): DeclaredTree {
  const result: Record<string, Declared | DeclaredTree> = {};
  for (const [at, group] of groups.entries()) {
    const named = Object.fromEntries(group.map((one, index) => [VALUE_NAMES[index] as string, one]));
    if (at === 0) Object.assign(result, named);
    else result[GROUP_NAMES[at] as string] = named;
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

class Builder {
  private reach: Reach[] = [];
  private readonly roots = new Map<string, unknown>();
  private helpers = 0;
  private prefix: unknown = '';
  /** The variables of the loops around the object being made, for its name. */
  private loopNames: unknown[] = [];

  constructor(
    private readonly chart: HelmChart,
    private readonly values: Readonly<Record<string, unknown>>,
    declared: DeclaredTree,
    subcharts: readonly string[] = [],
  ) {
    this.declareAll(declared, values, '');
    for (const key of subcharts) this.addAll(values[key] as object);
    for (const given of [
      release.name,
      release.revision,
      release.isUpgrade,
      release.namespace,
      chartFacts.version,
      chartFacts.appVersion,
      cluster.kubeVersion,
      chart.fullname,
    ])
      this.add(given);
  }

  private declareAll(declared: DeclaredTree, values: Readonly<Record<string, unknown>>, path: string): void {
    for (const [name, one] of Object.entries(declared)) {
      if (isDeclared(one)) this.declare(`${path}${name}`, values[name]);
      else this.declareAll(one, values[name] as Record<string, unknown>, `${path}${name}.`);
    }
  }

  /** Values of a subchart, which its parent may read. */
  private addAll(group: object): void {
    for (const member of Object.values(group)) {
      if (carriedNode(member)) this.add(member);
      else this.addAll(member);
    }
  }

  private declare(root: string, given: unknown): void {
    this.roots.set(root, given);
    this.add(given, root);
  }

  /** An expression, and those of its fields. */
  private add(given: unknown, root?: string): void {
    const node = carriedNode(given);
    if (!node) return;
    this.reach.push({ given, node, root });
    if (node.shape.type === 'object' && !mayBeAbsent(node))
      for (const inner of Object.values(given as object)) this.add(inner, root);
  }

  private find(n: number, fits: (node: Node) => boolean): unknown {
    const fitting = this.reach.filter(({ node }) => fits(node));
    const found = fitting[n % fitting.length];
    return found?.given;
  }

  /** The values that nothing reads yet; a chart with such is refused. */
  private unused(): object {
    const unused = new Map(this.roots);
    const guarded = objectsWithin(this.chart, synthOrder(this.chart.node.root));
    const trees = guarded.flatMap(({ tree, guards }) => [
      tree,
      ...guards.map((guard) => (guard.kind === 'when' ? guard.cond : guard.over)),
    ]);
    for (const { node } of [...trees, ...this.chart.assertions.map(({ cond }) => cond)].flatMap(
      valuesReadBy,
    )) {
      const path = node.op.op === 'value' ? node.op.path : [];
      for (let length = 1; length <= path.length; length++) unused.delete(path.slice(0, length).join('.'));
    }
    return Object.fromEntries(unused);
  }

  run({ objects, assertions, secret, umbrella }: Program): void {
    // Several charts print objects of the same kinds here; what each is called tells them apart.
    if (umbrella) this.prefix = text`${chartFacts.name}-`;
    for (const [index, object] of objects.entries()) this.guarded(object, index, object.guards);
    for (const cond of assertions)
      this.chart.assert(
        this.condition(cond),
        `The assertion "{{ .x }}" of the 'law' does not hold: 100% <no value>`,
      );
    if (secret) {
      const ref = this.chart.secretKeyRef(
        (this.values.credentials as { key(name: string): never }).key('user'),
      );
      this.object('credentials', text`${this.prefix}with-secret`, { spec: { ref } });
    }
    const rest = this.unused();
    if (Object.keys(rest).length > 0) this.object('rest', text`${this.prefix}rest`, { spec: rest });
  }

  private object(id: string, name: unknown, rest: object, metadata: object = {}): void {
    new KubeObject(this.chart, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ...metadata },
      ...rest,
    } as never);
  }

  private guarded(spec: ObjectSpec, index: number, guards: readonly GuardSpec[]): void {
    const [guard, ...rest] = guards;
    if (!guard) {
      this.objectOf(spec, index);
      return;
    }
    if (guard.g === 'when') {
      when(this.condition(guard.cond), () => this.guarded(spec, index, rest));
      return;
    }
    const over = this.find(guard.n, isLoopable);
    if (!over) {
      this.guarded(spec, index, rest);
      return;
    }
    forEach(over as Expression<readonly unknown[]>, (item, key) => {
      const { reach, loopNames } = this;
      this.inLoop(item, key);
      this.loopNames = [...loopNames, key ?? this.nameInLoop(item)];
      this.guarded(spec, index, rest);
      Object.assign(this, { reach, loopNames });
    });
  }

  private inLoop(item: unknown, key: unknown): void {
    const outer = this.reach;
    this.reach = [];
    this.add(item);
    this.add(key);
    this.reach.push(...outer);
  }

  /** A text that tells the entries of a loop apart, if there is one. */
  private nameInLoop(item: unknown): unknown {
    const own = this.reach.slice(0, this.reach.length - 1).filter(({ root }) => root === undefined);
    const scalar = [item, ...own.map(({ given }) => given)].find((one) => isPresentScalar(carriedNode(one)));
    return scalar ?? 'same';
  }

  private objectOf(spec: ObjectSpec, index: number): void {
    const body = Object.fromEntries(spec.body.map(([key, tree]) => [key, this.tree(tree)]));
    const labels = spec.labels && this.tree(spec.labels);
    const annotations = spec.annotations && this.tree(spec.annotations);
    this.object(`object-${index}`, this.nameOf(spec, index), body, { labels, annotations });
  }

  private nameOf({ name }: ObjectSpec, index: number): unknown {
    const base =
      name === 'plain'
        ? text`${this.prefix}object-${index}`
        : name === 'fullname'
          ? this.chart.nameFor(`o${index}`)
          : text`${this.prefix}o${index}-${this.scalar(name)}`;
    return this.loopNames.reduce<unknown>((before, one) => text`${before}-${one}`, base);
  }

  private condition(spec: ScalarSpec): Expression<boolean> {
    return this.scalar(spec) as Expression<boolean>;
  }

  /** An expression, or a literal where the program has one. */
  private scalar(spec: ScalarSpec): unknown {
    switch (spec.x) {
      case 'ref':
        return this.find(spec.n, (node) => matches(node, spec.want) && !mayBeAbsent(node)) ?? 1.5;
      case 'static':
        return spec.value;
      case 'concat':
        return this.concat(spec);
      case 'then':
        return this.condition(spec.cond).then(this.scalar(spec.yes), this.scalar(spec.no));
      case 'orElse': {
        const given = this.find(spec.n, (node) => matches(node, spec.want) && mayBeAbsent(node));
        return given
          ? (given as Expression<string>).orElse(this.scalar(spec.fallback) as string)
          : this.scalar(spec.fallback);
      }
      case 'function':
        return this.textFunction(spec.how, this.scalar(spec.arg));
      case 'join': {
        const list = this.find(spec.n, isTextList);
        return list ? joined(list as Expression<readonly string[]>, spec.separator) : spec.separator;
      }
      case 'length': {
        const given = this.scalar(spec.arg);
        return carriedNode(given) ? (given as Expression<string>).length : String(given).length;
      }
      case 'compare':
        return this.compare(this.scalar(spec.left), spec.how, this.scalar(spec.right));
      case 'and':
      case 'or': {
        const [first, ...others] = spec.args.map((arg) => this.condition(arg)) as [Expression<boolean>];
        return spec.x === 'and' ? first.and(...others) : first.or(...others);
      }
      case 'not':
        return this.condition(spec.arg).not();
      case 'isSet': {
        const given = this.find(spec.n, mayBeAbsent) as Expression<unknown> | undefined;
        return given?.isSet ?? release.isInstall;
      }
      case 'isEmpty': {
        const given = this.find(spec.n, isLoopable) as Expression<unknown> | undefined;
        return given?.isEmpty ?? release.isInstall;
      }
      case 'helper':
        return this.chart.helper(`text-${this.helpers++}`, this.scalar(spec.body));
    }
  }

  private concat({ style, parts }: ScalarSpec & { x: 'concat' }): unknown {
    const given = parts.map((part) => this.scalar(part));
    if (style === 'template') return given.map((part) => `${part}`).join('');
    return given.reduce((before, part) => text`${before}${part}`, '');
  }

  private textFunction(how: string, given: unknown): unknown {
    const arg = given as Record<string, unknown>;
    if (!carriedNode(given)) return given;
    if ((how === 'lower' || how === 'upper') && !isPlainText(carriedNode(given))) return given;
    const method = arg[how] as () => unknown;
    return method.call(arg);
  }

  private compare(left: unknown, how: string, right: unknown): unknown {
    const [first, second] = carriedNode(left) ? [left, right] : [right, left];
    if (!carriedNode(first)) return release.isUpgrade;
    return ((first as Record<string, unknown>)[how] as (other: unknown) => unknown).call(first, second);
  }

  private tree(spec: TreeSpec): unknown {
    switch (spec.x) {
      case 'nothing':
        return undefined;
      case 'anything':
        return this.find(spec.n, () => true);
      case 'map':
        return this.mapOf(spec);
      case 'list':
        return spec.items.flatMap((item) => (item.x === 'splice' ? this.splice(item) : [this.tree(item)]));
      case 'splice':
        return this.splice(spec);
      case 'range': {
        const over = this.find(spec.n, isLoopable) as Expression<readonly unknown[]> | undefined;
        return over?.map((item, key) => {
          const body = this.bodyOf(spec.body, item, key);
          // A loop whose entries may all be left out is mostly refused; some are enough.
          return spec.n % 4 > 0 && mayBeAbsent(treeOf(body)) ? { entry: body } : body;
        });
      }
      case 'if':
        return this.condition(spec.cond).then(this.tree(spec.yes), spec.no && this.tree(spec.no));
      case 'orElseTree': {
        const given = this.find(spec.n, mayBeAbsent) as Expression<unknown> | undefined;
        return given ? given.orElse(this.tree(spec.fallback) as never) : this.tree(spec.fallback);
      }
      case 'treeHelper':
        return this.chart.helper(`map-${this.helpers++}`, this.tree(spec.body));
      default:
        return this.scalar(spec);
    }
  }

  private bodyOf(body: TreeSpec, item: unknown, key: unknown): unknown {
    const { reach } = this;
    this.inLoop(item, key);
    const made = this.tree(body);
    this.reach = reach;
    return made;
  }

  private splice({ n, body }: TreeSpec & { x: 'splice' }): unknown[] {
    const list = this.find(n, (node) => node.shape.type === 'list' && !mayBeAbsent(node));
    if (!list) return [];
    const spread = body
      ? (list as Expression<readonly unknown[]>).map((item, key) => this.bodyOf(body, item, key))
      : list;
    return [...(spread as Iterable<unknown>)];
  }

  /** Keys beside spread maps; with a spread of -1 only maps of texts are spread, as labels are. */
  private mapOf({ entries, spreads }: TreeSpec & { x: 'map' }): unknown {
    const own = {};
    for (const [key, tree] of entries)
      Object.defineProperty(own, key, { value: this.tree(tree), enumerable: true, configurable: true });
    const found = spreads.map((n) =>
      this.find(Math.abs(n), (node) => (n < 0 ? isTextMap(node) : node.shape.type === 'map')),
    );
    // Spread by `Object.assign`, which carries symbols as `{ ...map }` does.
    return Object.assign(own, ...found);
  }
}

function matches({ shape }: Node, want: Want): boolean {
  if (want === 'text') return shape.type === 'string';
  if (want === 'number') return isNumeric(shape);
  return shape.type === want;
}

function isLoopable(node: Node): boolean {
  return (node.shape.type === 'list' || node.shape.type === 'map') && !mayBeAbsent(node);
}

function isTextList(node: Node): boolean {
  return node.shape.type === 'list' && node.shape.items.type === 'string' && !mayBeAbsent(node);
}

function isTextMap(node: Node): boolean {
  return node.shape.type === 'map' && node.shape.values.type === 'string';
}

function isPresentScalar(node: Node | undefined): boolean {
  return node !== undefined && isScalar(node.shape) && !mayBeAbsent(node);
}

function isPlainText(node: Node | undefined): boolean {
  return node?.shape.type === 'string' && node.shape.text === 'plain';
}
