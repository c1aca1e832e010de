import { ApiObject, Chart, Cron, App as StockApp } from 'cdk8s';
import * as plus28 from 'cdk8s-plus-28';
import * as plus34 from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { App } from '../../../core/synth';
import { type Expression, type JsonObject, type TextPart, text } from '../../../core/template';
import { chart as chartFacts, forEach, HelmChart, KubeObject, when } from '../../../core/tree';
import { defineValues, type Values, value } from '../../../core/values';
import type { CondSpec, LiteralObject, LiteralProgram, LiteralValues, TextSpec } from './literal-program';

/**
 * One program written twice: with the values of a chart, and as anybody writes it who has the literals at hand. What
 * is the same for both (the construct calls) stands in `make`; what a value does to a program stands in the two sides.
 */
interface Side {
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
  own(id: string, name: unknown, spec: LiteralObject & { o: 'kube' }): void;
}

/** The objects of the program with expressions, evaluated for the values. */
export function withExpressions(program: LiteralProgram, given: LiteralValues): JsonObject[] {
  const values = defineValues(declarations);
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', values });
  make(program, new ExpressionSide(chart, values));
  return chart.render(chart.inputs({ values: given as never })) as JsonObject[];
}

/** The objects that stock cdk8s makes of the program with the literals. */
export function withLiterals(program: LiteralProgram, given: LiteralValues): JsonObject[] {
  const chart = new Chart(new StockApp({ outdir: 'unused' }), 'law');
  make(program, new LiteralSide(chart, given));
  return releaseSafe(chart.toJson() as JsonObject[]);
}

/** The one thing that a HelmChart adds to objects of cdk8s-plus, so that releases do not select each other's pods. */
function releaseSafe(objects: readonly JsonObject[]): JsonObject[] {
  const address = /("cdk8s\.io\/metadata\.addr":"[^"]*")/g;
  return JSON.parse(JSON.stringify(objects).replace(address, '$1,"app.kubernetes.io/instance":"law"'));
}

/** A program with subcharts: one twice, by its name and by an alias. */
export interface LiteralUmbrella {
  readonly own: LiteralProgram;
  readonly web: LiteralProgram;
}

/** What is given for the chart and for each of its subcharts; what is left out is not given. */
export interface UmbrellaValues {
  readonly own: LiteralValues;
  readonly web?: LiteralValues;
  readonly spare?: LiteralValues;
  readonly region: string;
}

export function umbrellaWithExpressions(program: LiteralUmbrella, given: UmbrellaValues): JsonObject[] {
  const web = defineValues({ ...declarations, global: REGION });
  const own = defineValues({
    ...declarations,
    global: REGION,
    tags: { spare: value.boolean({ default: true, doc }) },
    web: value.subchart(web, { enabled: true }),
    spare: value.subchart(web, { tags: ['spare'] }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', { description: 'd', values: own });
  make(program.own, new ExpressionSide(chart, own));
  for (const key of ['web', 'spare']) {
    const subchart = new HelmChart(chart, key, { name: 'web', description: 'd', values: web });
    make(program.web, new ExpressionSide(subchart, web));
    place(subchart, web.global.region, chartFacts.name);
  }
  const values = {
    ...given.own,
    global: { region: given.region },
    tags: { spare: given.spare !== undefined },
    web: given.web ?? { enabled: false },
    ...(given.spare ? { spare: given.spare } : {}),
  };
  return chart.render(chart.inputs({ values: values as never })) as JsonObject[];
}

export function umbrellaWithLiterals(program: LiteralUmbrella, given: UmbrellaValues): JsonObject[] {
  const chart = new Chart(new StockApp({ outdir: 'unused' }), 'law');
  make(program.own, new LiteralSide(chart, given.own));
  const charts = [chart];
  for (const key of ['web', 'spare'] as const) {
    const values = given[key];
    if (!values) continue;
    const subchart = new Chart(chart, key);
    make(program.web, new LiteralSide(subchart, values));
    place(subchart, given.region, key);
    charts.push(subchart);
  }
  return releaseSafe(charts.flatMap((one) => one.toJson() as JsonObject[]));
}

/** An object that says where it stands: what a subchart is told by its parent, and what it is called. */
function place(chart: Chart, region: unknown, name: unknown): void {
  const spec = { region, name };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'place' }, spec };
  if (chart instanceof HelmChart) new KubeObject(chart, 'place', manifest as never);
  else new ApiObject(chart, 'place', manifest);
}

const doc = 'Generated';
const REGION = { region: value.string({ default: 'nowhere', doc }) };
const declarations = {
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

class ExpressionSide implements Side {
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
    } as never);
  }
}

class LiteralSide implements Side {
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
      // A key written beside a spread map wins wherever it stands; see docs/decisions/0001-expressions.md.
      data: { ...(spread ? labels : {}), a: 'own', ...textsOf(texts, this) },
      perName: perName && perNames,
      optional: optional && this.cond(optional.cond) ? this.text(optional.text) : undefined,
      list: splice ? ['first', ...names, 'last'] : ['first', 'last'],
    });
  }
}

function textsOf(texts: readonly TextSpec[], side: Side): object {
  return Object.fromEntries(texts.map((one, index) => [`text-${index}`, side.ownText(one)]));
}

function make({ plus, objects }: LiteralProgram, side: Side): void {
  // The two have the same constructs under the same names, as far as the programs go.
  const kplus = plus === '28' ? plus28 : (plus34 as unknown as typeof plus28);
  for (const [index, { object, under }] of objects.entries()) {
    // A workload of cdk8s-plus in a loop is refused; a few such programs are enough.
    const isWorkload = ['deployment', 'statefulSet', 'cronJob'].includes(object.o) && objects.length > 1;
    const layers = under.filter((layer) => 'when' in layer || !isWorkload);
    const descend = (name: unknown, id: string): void => {
      const layer = layers.shift();
      if (!layer) makeOne(object, name, id, side, kplus);
      else if ('when' in layer) side.when(layer.when, () => descend(name, id));
      // A loop's body runs once an entry with literals, so what is below it must be there for each.
      else {
        const below = [...layers];
        side.each((entry, entryId) => {
          layers.splice(0, layers.length, ...below);
          descend(
            typeof entry === 'string' ? `${name}-${entry}` : text`${name as TextPart}-${entry as TextPart}`,
            `${id}-${entryId}`,
          );
        });
      }
    };
    descend(`o${index}`, `o${index}`);
  }
}

function makeOne(spec: LiteralObject, name: unknown, id: string, side: Side, kplus: typeof plus28): void {
  const scope: Construct = side.chart;
  const metadata = { name: `${name}` };
  switch (spec.o) {
    case 'kube':
      side.own(id, name, spec);
      return;
    case 'configMap': {
      // cdk8s-plus leaves out entries that are empty, which a stand-in never is; see cli/verify.real.test.ts.
      const data = Object.fromEntries(
        spec.texts.map((one, index) => [
          `text-${index}`,
          side.text({ t: 'join', parts: [{ t: 'literal', value: 'x' }, one] }),
        ]),
      );
      new kplus.ConfigMap(scope, id, { metadata, data });
      return;
    }
    case 'deployment':
    case 'statefulSet':
      workload(spec, metadata, id, side, kplus);
      return;
    case 'ingress': {
      const service = new kplus.Service(scope, `${id}-service`, { metadata, ports: [{ port: 80 }] });
      const ingress = new kplus.Ingress(scope, id, { metadata });
      const path = spec.path === 'value' ? side.path() : '/fixed';
      ingress.addHostRule(
        spec.host === 'value' ? side.host() : 'fixed.example.com',
        path,
        kplus.IngressBackend.fromService(service),
      );
      return;
    }
    case 'cronJob':
      new kplus.CronJob(scope, id, {
        metadata,
        schedule: Cron.hourly(),
        containers: [{ image: 'busybox:1', args: [side.text(spec.arg)] }],
      });
      return;
    case 'apiObject':
      new ApiObject(scope, id, {
        apiVersion: 'example.com/v1',
        kind: 'Thing',
        metadata,
        spec: { text: side.text(spec.text), replicas: side.number(spec.replicas) },
      });
      return;
  }
}

function workload(
  spec: LiteralObject & { o: 'deployment' | 'statefulSet' },
  metadata: { readonly name: string },
  id: string,
  side: Side,
  kplus: typeof plus28,
): void {
  const scope: Construct = side.chart;
  const containers = [
    {
      image: `nginx:${side.text({ t: 'tag' })}`,
      portNumber: side.port(spec.port),
      envVariables: { TEXT: kplus.EnvValue.fromValue(side.text(spec.env)) },
    },
  ];
  const replicas = side.number(spec.replicas);
  if (spec.o === 'deployment') {
    const deployment = new kplus.Deployment(scope, id, { metadata, replicas, containers });
    if (spec.service) deployment.exposeViaService({ name: `${metadata.name}-exposed` });
    return;
  }
  const service = new kplus.Service(scope, `${id}-service`, { metadata, ports: [{ port: 80 }] });
  new kplus.StatefulSet(scope, id, { metadata, replicas, containers, service });
}
