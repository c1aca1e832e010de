import type { IConstruct } from 'constructs';
import {
  BOOLEAN,
  DrydockError,
  expression,
  isNode,
  type JsonObject,
  metadataNameOf,
  NODE,
  Node,
  PLAIN_STRING,
} from '../template';
import type { ValuesDefinition } from '../values';
import { nameAssertions, startAndRest } from './assertions';
import type { Assertion, ChartView } from './chart-view';
import type { ObjectsOf } from './guarded-object';
import { HAS_INPUTS } from './inputs';
import { namesFrom } from './naming';

/** Everything that values have to meet for a chart: what it says itself, and what its names come to. */
export function assertionsOf(chart: ChartView, objectsOf: ObjectsOf): Assertion[] {
  return [...chart.assertions, ...nameAssertions(objectsOf(chart)), ...apartAssertions(chart, objectsOf)];
}

/** A chart of a release, and the keys that lead to its values from those of an outer chart. */
export interface Member {
  readonly chart: ChartView;
  readonly path: readonly string[];
}

/**
 * A fullname is the release's name alone where that holds the chart's: in a release `web-db` the subcharts `web` and `db` both
 * begin their names so. Where they have objects that are called alike from there on, one would overwrite the other.
 */
function apartAssertions(chart: ChartView, objectsOf: ObjectsOf): Assertion[] {
  if (chart.subcharts.length === 0) return [];
  const members = membersOf(chart);
  const suffixes = new Map(members.map((one) => [one, suffixesOf(one.chart, objectsOf)]));
  return members.flatMap((one, index) =>
    members.slice(index + 1).flatMap((other) => {
      const shared = [...(suffixes.get(one) ?? [])].find((suffix) => suffixes.get(other)?.has(suffix));
      return shared === undefined ? [] : [apart(chart, one, other, shared)];
    }),
  );
}

/** A chart and all below it, outer ones first. */
export function membersOf(chart: ChartView, path: readonly string[] = []): Member[] {
  const inner = chart.subcharts.flatMap((subchart) => membersOf(subchart, [...path, subchart.node.id]));
  return [{ chart, path }, ...inner];
}

/** The kinds of a chart's objects, each with what follows the fullname in the name: `Service ...-web`. */
function suffixesOf(chart: ChartView, objectsOf: ObjectsOf): Set<string> {
  const fullname = chart.fullname[NODE];
  const suffixes = objectsOf(chart).flatMap(({ object, tree }) => {
    const name = metadataNameOf(tree);
    if (!isNode(name)) return [];
    const { start, rest } = startAndRest(name);
    return start === fullname ? [`${object.kind} ...${rest}`] : [];
  });
  return new Set(suffixes);
}

function apart(chart: ChartView, one: Member, other: Member, shared: string): Assertion {
  const names = [one, other].map((member) => fullnameIn(chart, member));
  const cond = new Node({ op: 'compare', how: 'ne', left: names[0], right: names[1] }, BOOLEAN);
  // Not what an outer chart calls this one: the text is the same under each alias.
  const [a, b] = [one, other].map(({ path }) => path.join('.') || chart.chartName);
  const isAlike = one.path.at(-1) === other.path.at(-1);
  const advice = isAlike ? 'Set' : 'Use a release name that does not hold the names of both, or set';
  const message = `The charts ${a} and ${b} of this release would begin their names alike and give one name to two objects (${shared}). ${advice} fullnameOverride of one of them.`;
  return {
    cond,
    message,
    onlyInCharts: false,
    between: [one.path, other.path].filter(({ length }) => length > 0),
  };
}

/** The fullname of a subchart, in the words of a chart around it. */
function fullnameIn(outer: ChartView, { chart, path }: Member): Node {
  if (path.length === 0) return chart.fullname[NODE];
  const { owner } = outer.ownDefinition as ValuesDefinition;
  const override = (key: string) =>
    expression<string>({ op: 'value', owner, path: [...path, key], optional: false }, PLAIN_STRING);
  const helper = [outer.chartName, ...path].join('.');
  return namesFrom(helper, chart.facts.name, override('nameOverride'), override('fullnameOverride')).fullname[
    NODE
  ];
}

/** One object of plain YAML, and the construct path that errors name. */
interface Placed {
  readonly json: JsonObject | undefined;
  readonly where: string;
}

/** The objects of each release; a second of one kind and name is refused, for it would overwrite the first. */
export class ReleaseObjects {
  private readonly releases = new Map<IConstruct, Map<string, string>>();

  /** Takes in what a chart of cdk8s or of ours gives; where no HelmChart is around it there is no release. */
  add(chart: IConstruct, objects: readonly Placed[]): void {
    const outermost = chart.node.scopes.find((scope) => HAS_INPUTS in scope);
    if (!outermost) return;
    const taken = this.releases.get(outermost) ?? new Map<string, string>();
    this.releases.set(outermost, taken);
    for (const { json, where } of objects) {
      const identity = json && identityOf(json);
      if (identity === undefined) continue;
      const before = taken.get(identity);
      if (before !== undefined) throw sameObject(where, before, identity);
      taken.set(identity, where);
    }
  }
}

/** None where the API server makes the name: there are never two of those. */
function identityOf({ apiVersion, kind, metadata }: JsonObject): string | undefined {
  const { name, namespace } = (metadata ?? {}) as Partial<Record<'name' | 'namespace', string>>;
  if (name === undefined) return undefined;
  const [group] = String(apiVersion).split('/').slice(0, -1);
  const place = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return `${kind}${group === undefined ? '' : `.${group}`} ${name}${place}`;
}

function sameObject(where: string, before: string, what: string): DrydockError {
  return new DrydockError('DUPLICATE_OBJECT', {
    where,
    found: `${what}, which ${before} gives as well`,
    expected: 'a name of its own for every object of a release',
    remedy: `One would overwrite the other: rename ${where} or ${before}, or begin their names with the chart's (\`nameFor\`).`,
  });
}
