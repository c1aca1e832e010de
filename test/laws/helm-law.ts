import { deepStrictEqual } from 'node:assert';
import { chartFiles } from '../../core/helm';
import { chartModel } from '../../core/synth';
import { DrydockError, type Json, type JsonObject } from '../../core/template';
import { type HelmChart, objectsWithin, type ReleaseFacts, synthOrder } from '../../core/tree';
import type { LawEngine, Refusal, Rendered, RenderedObject } from './engine';

/** What one case of the law gives to a chart. */
export interface LawCase {
  readonly values: JsonObject;
  readonly release?: Partial<Omit<ReleaseFacts, 'service'>>;
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
    private readonly engine: LawEngine,
    private readonly id: string,
  ) {}

  static async of(chart: HelmChart, engine: LawEngine): Promise<HelmLaw> {
    const id = `${chart.chartName}-${nextId++}`;
    const loaded = await engine.load(id, { files: Object.fromEntries(filesOf(chart)) });
    if (!loaded.ok) throw new Error(`helm cannot load the chart: ${loaded.message}`);
    return new HelmLaw(chart, engine, id);
  }

  /** Throws, with both sides, where the law does not hold. */
  async expect({ values, release = {} }: LawCase): Promise<LawOutcome> {
    const ours = this.evaluate({ values, release });
    const { name = this.chart.chartName, namespace = 'default', revision = 1, isUpgrade = false } = release;
    const helms = await this.engine.render(
      { id: this.id },
      {
        valueFiles: [valuesFile(values)],
        release: { name, namespace, revision, isUpgrade },
        kubeVersion: release.kubeVersion ?? 'v1.34.4',
      },
    );
    if (ours instanceof DrydockError || !helms.ok) return bothRefuse(ours, helms);
    deepStrictEqual(helms.objects.map(exactly).sort(byIdentity), ours.map(normal).sort(byIdentity));
    return 'equal';
  }

  async close(): Promise<void> {
    await this.engine.unload(this.id);
  }

  private evaluate({ values, release }: LawCase): JsonObject[] | DrydockError {
    try {
      return this.chart.render(
        this.chart.inputs({ values, release: { ...release, service: 'Helm' } }),
        'helm',
      );
    } catch (error) {
      if (error instanceof DrydockError) return error;
      throw error;
    }
  }
}

let nextId = 0;

export function filesOf(chart: HelmChart): ReadonlyMap<string, string> {
  return chartFiles(chartModel(chart, objectsWithin(chart, synthOrder(chart.node.root))));
}

/** JSON that helm's YAML reader takes: it refuses some control characters, and folds others into spaces. */
export function valuesFile(values: JsonObject): string {
  return JSON.stringify(values).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
  const floats = numbers.filter(({ yaml, json }) => yaml === 'float' && /[e.]/i.test(json));
  return floats.length > 0
    ? { ...object, floats: floats.map(({ at, json }) => `${at}=${json}`) }
    : normal(object);
}

/** Without the sign of zero, which JSON texts lose. */
function normal(json: Json): Json {
  return JSON.parse(JSON.stringify(json));
}

function byIdentity(a: Json, b: Json): number {
  return identity(a) < identity(b) ? -1 : 1;
}

function identity(json: Json): string {
  const { apiVersion, kind, metadata } = json as {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string };
  };
  return `${apiVersion} ${kind} ${metadata?.name}`;
}
