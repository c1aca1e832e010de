import { isDeepStrictEqual } from 'node:util';
import { chartFiles } from '../../core/helm';
import { chartModel } from '../../core/synth';
import { DrydockError, type Json, type JsonObject } from '../../core/template';
import type { ChartInputs, HelmChart, ReleaseFacts } from '../../core/tree';
import { mergeGiven } from '../../core/values';
import type { LawEngine, Refusal, Rendered, RenderedObject, RenderInputs } from './engine';
import { ordered } from './ordered';
import { asSet } from './set-flags';
import { valuesFile } from './values-file';

/** What one case of the law gives to a chart. */
export interface LawCase {
  readonly values: JsonObject;
  readonly release?: Partial<Omit<ReleaseFacts, 'service'>>;
  /**
   * How the values are given to helm: `set` gives every scalar that can be said so by `--set` or `--set-string`, the others
   * by `--set-json`.
   * @default 'file'
   */
  readonly by?: 'file' | 'two files' | 'set-json' | 'set';
  /** What the first of two files says. */
  readonly first?: JsonObject;
}

/** How a case came out; both sides refusing is agreement as well. */
export type LawOutcome = 'equal' | 'both refuse';

/**
 * The Helm law: for any values, the chart that helm renders and the tree that `evaluate` evaluates are the same
 * objects, and where one refuses the values, so does the other.
 */
export class HelmLaw {
  private constructor(
    private readonly chart: HelmChart,
    private readonly engines: readonly LawEngine[],
    private readonly id: string,
    /** Whether a template prints a map or list as a whole. */
    readonly passesThrough: boolean,
  ) {}

  /** Prints the chart and loads it into the engines. Throws what the printer throws for a chart it cannot print. */
  static async of(chart: HelmChart, ...engines: readonly LawEngine[]): Promise<HelmLaw> {
    const id = `${chart.chartName}-${nextId++}`;
    const files = Object.fromEntries(filesOf(chart));
    for (const engine of engines) {
      const loaded = await engine.load(id, { files });
      if (!loaded.ok) throw new Error(`helm cannot load the chart: ${loaded.message}`);
    }
    const passesThrough = Object.values(files).some((text) => /\{\{- with .*\n.*\n?.*toYaml \. /.test(text));
    return new HelmLaw(chart, engines, id, passesThrough);
  }

  /** Throws, with both sides, where the law does not hold. */
  async expect(given: LawCase): Promise<LawOutcome> {
    const ours = this.evaluate(given);
    const outcomes = await Promise.all(
      this.engines.map(async (engine) => {
        const helms = await engine.render({ id: this.id }, helmInputs(this.chart.chartName, given));
        return compare(ours, helms, engine.version);
      }),
    );
    return outcomes[0] as LawOutcome;
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.unload(this.id)));
  }

  /** Whether a subchart of the chart is not installed for these values. */
  leavesOut(given: LawCase): boolean {
    return leavesOut(this.chart, this.inputs(given));
  }

  private inputs({ values, first = {}, release = {} }: LawCase): ChartInputs {
    const given = mergeGiven(first, values);
    return this.chart.inputs({ values: given, release: { ...release, service: 'Helm' } });
  }

  private evaluate(given: LawCase): JsonObject[] | DrydockError {
    try {
      return this.chart.render(this.inputs(given), 'helm');
    } catch (error) {
      if (error instanceof DrydockError) return error;
      throw error;
    }
  }
}

function leavesOut({ subcharts }: HelmChart, inputs: ChartInputs): boolean {
  return subcharts.some((subchart) => {
    const inner = inputs.subcharts.get(subchart);
    return !inner || leavesOut(subchart, inner);
  });
}

/** What helm is told for a case, as the engine and the binary take it. */
export function helmInputs(chart: string, given: LawCase): RenderInputs {
  const {
    name = chart,
    namespace = 'default',
    revision = 1,
    isUpgrade = false,
    kubeVersion,
  } = given.release ?? {};
  return {
    ...valueInputs(given),
    release: { name, namespace, revision, isUpgrade },
    kubeVersion: kubeVersion ?? 'v1.34.4',
  };
}

function valueInputs({ values, by = 'file', first = {} }: LawCase): RenderInputs {
  switch (by) {
    case 'file':
      return { valueFiles: [valuesFile(values)] };
    case 'two files':
      return { valueFiles: [valuesFile(first), valuesFile(values)] };
    case 'set-json':
      return { setJson: Object.entries(values).map(([key, value]) => `${key}=${valuesFile(value)}`) };
    case 'set':
      return asSet(values);
  }
}

function compare(ours: JsonObject[] | DrydockError, helms: Rendered | Refusal, version: string): LawOutcome {
  if (ours instanceof DrydockError || !helms.ok) return bothRefuse(ours, helms);
  const sides = [helms.objects.map(exactly), ours.map(normal)].map((side) => side.sort(byIdentity));
  if (isDeepStrictEqual(sides[0], sides[1])) return 'equal';
  throw new Error(
    `${version} and evaluate differ\n  helm ${JSON.stringify(sides[0])}\n  evaluate ${JSON.stringify(sides[1])}`,
  );
}

let nextId = 0;

export function filesOf(chart: HelmChart): ReadonlyMap<string, string> {
  return chartFiles(chartModel(chart));
}

function bothRefuse(ours: JsonObject[] | DrydockError, helms: Rendered | Refusal): LawOutcome {
  if (ours instanceof DrydockError && !helms.ok && helms.stage !== 'panic') return 'both refuse';
  const helm = helms.ok
    ? `accepts: ${JSON.stringify(helms.objects)}`
    : `refuses (${helms.stage}): ${helms.message}`;
  const evaluated =
    ours instanceof DrydockError ? `refuses: ${ours.message}` : `accepts: ${JSON.stringify(ours)}`;
  throw new Error(`the law does not hold\n  helm ${helm}\n  evaluate ${evaluated}`);
}

/** An object of helm's, with whole numbers that YAML has as floats made visible: Kubernetes refuses those. */
function exactly({ object, numbers = [], duplicate }: RenderedObject): Json {
  if (duplicate) throw new Error(`helm printed a key twice: ${duplicate}`);
  const floats = numbers.filter(
    // Of a zero only the sign is lost, and with it Kubernetes takes it for a whole number all the same.
    ({ yaml, json }) => yaml === 'float' && Number(json) !== 0 && json !== JSON.stringify(Number(json)),
  );
  return floats.length > 0
    ? { ...object, floats: floats.map(({ at, json }) => `${at}=${json}`) }
    : normal(object);
}

/** Without the sign of zero, which JSON texts lose. */
function normal(json: Json): Json {
  return JSON.parse(JSON.stringify(json));
}

function byIdentity(a: Json, b: Json): number {
  const [first, second] = [identity(a), identity(b)];
  if (first !== second) return first < second ? -1 : 1;
  // Charts of an umbrella may print objects of one name.
  return ordered(a) < ordered(b) ? -1 : 1;
}

function identity(json: Json): string {
  const { apiVersion, kind, metadata } = json as {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string };
  };
  return `${apiVersion} ${kind} ${metadata?.name}`;
}
