import { type Json, type JsonObject, setOwnKey } from '../template';

/** A chart as helm's merging of values sees it. */
export interface ChartValues {
  /** What its parent calls it: the key of its values. */
  readonly name: string;
  /** Its values.yaml. */
  readonly defaults: JsonObject;
  readonly subcharts: readonly SubchartValues[];
}

export interface SubchartValues {
  readonly chart: ChartValues;
  /** Paths among the parent's values; the first that holds a boolean decides. */
  readonly conditions: readonly string[];
  readonly tags: readonly string[];
}

/** What a release comes to. */
export interface Coalesced {
  /** The values that the chart's templates see; those of an installed subchart are under its name. */
  readonly values: JsonObject;
  /** The subcharts that are installed, by name. */
  readonly installed: ReadonlyMap<string, Installed>;
}

/** The installed subcharts of a subchart. */
export type Installed = { readonly installed: ReadonlyMap<string, Installed> };

/**
 * Values given for a chart with subcharts, merged in the three steps that helm takes, in its order and with its
 * treatment of null (docs/decisions/0012-umbrella-charts.md): decide which subcharts are installed; let each parent's
 * defaults take in those of its subcharts; merge what was given.
 */
export function coalesceRelease(chart: ChartValues, given: JsonObject): Coalesced {
  const installed = withoutDisabled(chart, given);
  const taken = takingIn(installed);
  const values = coalesce(taken, copyOf(given), 'nulls delete');
  return { values, installed: namesOf(installed) };
}

type Table = Record<string, Json>;
type Nulls = 'nulls delete' | 'nulls stay';

/** The second step of helm: also where nothing is given, defaults of the parent win over those of the subchart. */
function takingIn(chart: ChartValues): ChartValues {
  if (chart.subcharts.length === 0) return chart;
  const subcharts = chart.subcharts.map((sub) => ({ ...sub, chart: takingIn(sub.chart) }));
  const whole = { ...chart, subcharts };
  return { ...whole, defaults: coalesce(whole, {}, 'nulls stay') };
}

/** The first step: tags and then conditions are looked up in values that were merged for the whole release. */
function withoutDisabled(chart: ChartValues, given: JsonObject, path: readonly string[] = []): ChartValues {
  if (chart.subcharts.length === 0) return chart;
  const merged = coalesce(chart, copyOf(given), 'nulls delete');
  const subcharts = chart.subcharts
    .filter((sub) => isEnabled(sub, merged, path))
    .map((sub) => ({ ...sub, chart: withoutDisabled(sub.chart, merged, [...path, sub.chart.name]) }));
  return { ...chart, subcharts };
}

function isEnabled(
  { conditions, tags }: SubchartValues,
  values: JsonObject,
  path: readonly string[],
): boolean {
  for (const condition of conditions) {
    const found = at(values, [...path, ...condition.split('.')]);
    if (typeof found === 'boolean') return found;
  }
  const set = tags.map((tag) => at(values, ['tags', tag])).filter((one) => typeof one === 'boolean');
  return set.length === 0 || set.some(Boolean);
}

function at(values: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, key) => (isTable(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    values,
  );
}

function namesOf(chart: ChartValues): ReadonlyMap<string, Installed> {
  return new Map(chart.subcharts.map((sub) => [sub.chart.name, { installed: namesOf(sub.chart) }]));
}

function coalesce(chart: ChartValues, into: Table, nulls: Nulls): Table {
  takeDefaults(chart, into, nulls);
  for (const { chart: sub } of chart.subcharts) {
    if (!Object.hasOwn(into, sub.name)) setOwnKey(into, sub.name, {});
    const own = into[sub.name];
    // Helm stops here; the parent's schema, which wants an object, is what refuses it on our side.
    if (!isTable(own)) continue;
    takeGlobals(own, into);
    coalesce(sub, own, nulls);
  }
  return into;
}

function takeDefaults({ defaults, subcharts }: ChartValues, into: Table, nulls: Nulls): void {
  for (const [key, value] of Object.entries(copyOf(defaults))) {
    if (!Object.hasOwn(into, key)) setOwnKey(into, key, value);
    else if (into[key] === null && nulls === 'nulls delete') delete into[key];
    else if (isTable(into[key]) && isTable(value)) {
      const isSubchart = subcharts.some(({ chart }) => chart.name === key);
      mergeTables(into[key], value, isSubchart ? 'nulls stay' : nulls);
    }
  }
}

/** The globals of a parent win over the ones that were given for the subchart. */
function takeGlobals(own: Table, parent: Table): void {
  const [mine, theirs] = [own, parent].map((one) => (Object.hasOwn(one, 'global') ? one.global : {}));
  if (!isTable(mine) || !isTable(theirs)) return;
  for (const [key, value] of Object.entries(theirs)) {
    const before = Object.hasOwn(mine, key) ? mine[key] : undefined;
    if (!isTable(value)) {
      if (!isTable(before)) setOwnKey(mine, key, value);
    } else if (before === undefined) setOwnKey(mine, key, outerCopyOf(value));
    else if (isTable(before)) setOwnKey(mine, key, mergeTables(outerCopyOf(value), before, 'nulls stay'));
  }
  setOwnKey(own, 'global', mine);
}

/** The first table wins. */
function mergeTables(over: Table, under: Table, nulls: Nulls): Table {
  for (const [key, value] of Object.entries(under)) {
    const given = Object.hasOwn(over, key) ? over[key] : undefined;
    if (given === undefined) setOwnKey(over, key, value);
    else if (given === null && nulls === 'nulls delete' && value !== null) delete over[key];
    else if (isTable(given) && isTable(value)) mergeTables(given, value, nulls);
  }
  return over;
}

function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copyOf(table: JsonObject): Table {
  const copy: Table = {};
  for (const [key, value] of Object.entries(table))
    setOwnKey(copy, key, isTable(value) ? copyOf(value) : value);
  return copy;
}

/** Helm copies a table of globals at its outside only: what a subchart adds further inside, its parent has as well. */
function outerCopyOf(table: Table): Table {
  const copy: Table = {};
  for (const [key, value] of Object.entries(table)) setOwnKey(copy, key, value);
  return copy;
}
