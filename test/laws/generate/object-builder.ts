import { type Expression, type TextPart, text, valuesReadBy } from '../../../core/template';
import {
  chart as chartFacts,
  cluster,
  forEach,
  type HelmChart,
  KubeObject,
  objectsWithin,
  release,
  synthOrder,
  when,
} from '../../../core/tree';
import { type DeclaredTree, type GuardSpec, isDeclared, type ObjectSpec, type Program } from './program';
import { isLoopable, Reach } from './reach';
import { TreeBuilder } from './tree-builder';

/** Puts the objects of a program into a chart, with the guards around them. */
export class ObjectBuilder {
  private readonly reach = new Reach();
  private readonly trees: TreeBuilder;
  private readonly roots = new Map<string, unknown>();
  private id = '';
  private prefix: TextPart = '';
  /** The variables of the loops around the object being made, for its name. */
  private loopNames: TextPart[] = [];

  constructor(
    private readonly chart: HelmChart,
    private readonly values: Readonly<Record<string, unknown>>,
    declared: DeclaredTree,
    subcharts: readonly string[] = [],
  ) {
    this.trees = new TreeBuilder(chart, this.reach);
    this.declareAll(declared, values, '');
    for (const key of subcharts) this.reach.addAll(values[key] as object);
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
      this.reach.add(given);
  }

  private declareAll(declared: DeclaredTree, values: Readonly<Record<string, unknown>>, path: string): void {
    for (const [name, one] of Object.entries(declared)) {
      if (isDeclared(one)) this.declare(`${path}${name}`, values[name]);
      else this.declareAll(one, values[name] as Record<string, unknown>, `${path}${name}.`);
    }
  }

  private declare(root: string, given: unknown): void {
    this.roots.set(root, given);
    this.reach.add(given, root);
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

  run({ objects, assertions, secret, called, umbrella }: Program): void {
    this.id = called.id;
    // Several charts print objects of the same kinds here; what each is called tells them apart.
    if (umbrella) this.prefix = text`${chartFacts.name}-`;
    for (const [index, object] of objects.entries()) this.guarded(object, index, object.guards);
    for (const cond of assertions)
      this.chart.assert(
        this.trees.condition(cond),
        `The assertion "{{ .x }}" of the 'law' does not hold: 100% <no value>`,
      );
    if (secret) {
      const ref = this.chart.secretKeyRef(
        (this.values.credentials as { key(name: string): never }).key(called.secretKeys[0] as string),
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
      when(this.trees.condition(guard.cond), () => this.guarded(spec, index, rest));
      return;
    }
    const over = this.reach.find(guard.n, isLoopable);
    if (!over) {
      this.guarded(spec, index, rest);
      return;
    }
    forEach(over as Expression<readonly unknown[]>, (item, key) =>
      this.reach.inLoop(item, key, () => {
        const { loopNames } = this;
        this.loopNames = [...loopNames, key ?? this.reach.nameInLoop(item)];
        this.guarded(spec, index, rest);
        this.loopNames = loopNames;
      }),
    );
  }

  private objectOf(spec: ObjectSpec, index: number): void {
    const body = Object.fromEntries(spec.body.map(([key, tree]) => [key, this.trees.tree(tree)]));
    const labels = spec.labels && this.trees.tree(spec.labels);
    const annotations = spec.annotations && this.trees.tree(spec.annotations);
    this.object(`${this.id}${index}`, this.nameOf(spec, index), body, { labels, annotations });
  }

  private nameOf({ name }: ObjectSpec, index: number): TextPart {
    const base =
      name === 'plain'
        ? text`${this.prefix}object-${index}`
        : name === 'fullname'
          ? this.chart.nameFor(`o${index}`)
          : text`${this.prefix}o${index}-${this.trees.scalar(name) as TextPart}`;
    return this.loopNames.reduce<TextPart>((before, one) => text`${before}-${one}`, base);
  }
}
