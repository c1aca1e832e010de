import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App as StockApp, type AppProps as StockAppProps } from 'cdk8s';
import { chartArchive, chartFiles } from '../helm';
import type { JsonObject } from '../template';
import {
  APP_SETTINGS,
  type AppSettings,
  ExpressionResolver,
  HelmChart,
  objectsWithin,
  type ReleaseFacts,
  synthOrder,
} from '../tree';
import { chartModel } from './chart-model';
import { dumpWhereAsked } from './dump';
import { plainFiles } from './plain-files';
import { validate } from './validate';
import { writeFiles } from './write';

export interface AppProps extends StockAppProps {
  /**
   * Where Helm charts go.
   * @default - the folder `charts` beside the output folder: dist/charts beside dist/manifests
   */
  readonly chartsOutdir?: string;
  /**
   * The environment that plain YAML is for.
   * @default - what DRYDOCK_ENV says, else the chart's `default` environment or no environment
   */
  readonly env?: string;
  /**
   * Facts of the release that plain YAML shows.
   * @default - the chart's own release name, revision 1, namespace "default"
   */
  readonly release?: Partial<ReleaseFacts>;
}

/** A cdk8s App that also prints every HelmChart in it as a chart. `cdk8s synth` and cdk8s `Testing` take it as any other. */
export class App extends StockApp {
  readonly chartsOutdir: string;
  readonly [APP_SETTINGS]: AppSettings;

  constructor(props: AppProps = {}) {
    super({ ...props, resolvers: [...(props.resolvers ?? []), new ExpressionResolver()] });
    this.chartsOutdir =
      props.chartsOutdir ??
      process.env.DRYDOCK_CHARTS_OUTDIR ??
      path.join(path.dirname(this.outdir), 'charts');
    this[APP_SETTINGS] = {
      env: props.env ?? process.env.DRYDOCK_ENV,
      release: props.release,
      values: valuesFromFile(process.env.DRYDOCK_VALUES),
    };
  }

  /** Writes plain YAML to `outdir` and charts to `chartsOutdir`. Everything is rendered before anything is written. */
  override synth(): void {
    validate(this);
    if (dumpWhereAsked(this)) return;
    const order = synthOrder(this);
    const manifests = plainFiles(order, this.yamlOutputType, this.outputFileExtension);
    const charts = new Map<string, string | Buffer>();
    for (const chart of order.charts.filter(HelmChart.isHelmChart)) {
      const files = chartFiles(chartModel(chart, objectsWithin(chart, order)));
      for (const [name, text] of files) charts.set(`${chart.chartName}/${name}`, text);
      charts.set(`${chart.chartName}-${chart.facts.version}.tgz`, chartArchive(chart.chartName, files));
    }
    writeFiles(this.outdir, manifests);
    if (charts.size > 0) writeFiles(this.chartsOutdir, charts);
  }
}

/** Values for plain YAML, by the name of the chart, as `drydock synth --values` hands them on. */
function valuesFromFile(file: string | undefined): Record<string, JsonObject> | undefined {
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, JsonObject>) : undefined;
}
