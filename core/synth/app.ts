import { type Chart, App as StockApp, type AppProps as StockAppProps } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { chartArchive, chartFiles } from '../helm';
import { DrydockError } from '../template';
import {
  APP_SETTINGS,
  type AppSettings,
  allConstructs,
  type ChartInputs,
  type ChartView,
  chartsByOwnDependencies,
  checkInstallation,
  ExpressionResolver,
  type GuardedObjectsOf,
  guardedOnce,
  HelmChart,
  helmChartOf,
  type ObjectsOf,
  objectsWithin,
  type ReleaseFacts,
  type SynthOrder,
  synthOrder,
  WholeObjectResolver,
} from '../tree';
import { chartModel } from './chart-model';
import { constructMetadata, METADATA_FILE } from './construct-metadata';
import { type DriverRequest, driverRequest, handedValues } from './driver';
import { writeDump } from './dump';
import { writeExplanation } from './explain';
import { type HandedChart, handOver } from './handover';
import { ObjectCheck } from './object-check';
import { plainFiles, plainText } from './plain-files';
import { refuseSecretsInPlain } from './plain-secrets';
import { secretExamples, secretsToName } from './secret-examples';
import { validate } from './validate';
import { type FolderContent, writeFolders } from './write';
import { folderBeside, isScratch } from './written-files';

export interface AppProps extends StockAppProps {
  /**
   * Where plain YAML goes.
   * @default - the `output` of cdk8s.yaml where `cdk8s synth` or `drydock synth` runs the program, else dist
   */
  readonly outdir?: string;
  /**
   * Where Helm charts go.
   * @default - beside the output folder: dist/charts beside dist/manifests, otherwise `NAME-charts` beside NAME
   */
  readonly chartsOutdir?: string;
  /**
   * The environment that plain YAML is for.
   * @default - what DRYDOCK_ENV says, else the chart's `default` environment or no environment
   */
  readonly env?: string;
  /**
   * Writes objects that an API server of Kubernetes 1.34 refuses, such as a misspelt field, instead of an error: what is wrong
   * with them shows when they are applied. For one object or field that is newer, use `newerThanSchema`.
   * @default false
   */
  readonly allowInvalidObjects?: boolean;
  /**
   * Facts of the release that plain YAML shows.
   * @default - the chart's own release name, revision 1, namespace "default"
   */
  readonly release?: Partial<ReleaseFacts>;
}

/**
 * A cdk8s App that also prints every HelmChart in it as a chart. `cdk8s synth` and cdk8s `Testing` take it as any other.
 *
 * @example
 * const app = new App();
 * new HelmChart(app, 'shop', { description: 'A shop' });
 * app.synth();
 */
export class App extends StockApp {
  readonly chartsOutdir: string;
  readonly [APP_SETTINGS]: AppSettings;
  private readonly request: DriverRequest;
  private readonly recordsConstructs: boolean;
  private readonly manifestsOutdir: string;
  private readonly allowsInvalidObjects: boolean;

  constructor(props: AppProps = {}) {
    const own = props.resolvers ?? [];
    super({ ...props, resolvers: [new WholeObjectResolver(), ...own, new ExpressionResolver()] });
    const request = driverRequest();
    const { handover } = request;
    this.request = request;
    this.manifestsOutdir = handover?.named ?? props.outdir ?? handover?.output ?? this.outdir;
    this.chartsOutdir =
      props.chartsOutdir ?? request.chartsOutdir ?? folderBeside(this.manifestsOutdir, 'charts');
    this.allowsInvalidObjects = props.allowInvalidObjects ?? false;
    this.recordsConstructs = props.recordConstructMetadata ?? request.recordsConstructs === true;
    this[APP_SETTINGS] = {
      env: props.env ?? request.env,
      release: props.release,
      ...handedValues(request),
    };
  }

  /** The charts in the order of their dependencies on each other. */
  override get charts(): Chart[] {
    return [...chartsByOwnDependencies(this)];
  }

  /** Writes plain YAML to `outdir` and charts to `chartsOutdir`. Everything is rendered before anything is written. */
  override synth(): void {
    const constructs = allConstructs(this);
    validate(constructs);
    refuseUnknownEnvironment(constructs, this[APP_SETTINGS].env);
    const { dumpFile, explanationFile } = this.request;
    if (dumpFile) writeDump(this, dumpFile);
    else if (explanationFile) writeExplanation(this, explanationFile);
    else this.write(constructs);
  }

  private write(constructs: IConstruct[]): void {
    const order = synthOrder(this, constructs);
    order.charts.filter(HelmChart.isHelmChart).forEach(refuseSecretsInPlain);
    const objectsOf = guardedOnce(order);
    const roots = order.charts.filter(HelmChart.isHelmChart).filter(({ umbrella }) => !umbrella);
    // Before anything is evaluated: what is wrong with a chart has better words there.
    const charts = this.helmCharts(roots, order, objectsOf);
    const check = new ObjectCheck(this.allowsInvalidObjects);
    const manifests = plainFiles(order, objectsOf, this.yamlOutputType, this.outputFileExtension, check);
    for (const chart of order.charts.filter((one) => helmChartOf(one) !== undefined))
      for (const object of objectsOf(chart)) check.template(object);
    check.refuse();
    if (this.recordsConstructs) manifests.files.set(METADATA_FILE, constructMetadata(manifests.constructs));
    const content = {
      manifests: { folder: this.manifestsOutdir, ...manifests, folders: ['.', ...manifests.folders] },
      beside: this.besideManifests(charts, secretExamples(roots)),
    };
    const { handover } = this.request;
    if (handover) handOver(handover, { ...content, charts: roots.map(handedChart) });
    else writeFolders([content.manifests, ...content.beside]);
  }

  /** What is no plain YAML; nothing where `cdk8s synth --stdout` only looks at the manifests. */
  private besideManifests(charts: FolderContent['files'], secrets: FolderContent['files']): FolderContent[] {
    const besides = folderBeside(this.manifestsOutdir, 'charts');
    if (this.chartsOutdir === besides && isScratch(this.manifestsOutdir)) return [];
    return [
      { folder: this.chartsOutdir, files: charts },
      { folder: folderBeside(this.manifestsOutdir, 'secrets'), files: secrets },
    ];
  }

  /** All objects of plain YAML in one text. */
  override synthYaml(): string {
    const constructs = allConstructs(this);
    validate(constructs);
    refuseUnknownEnvironment(constructs, this[APP_SETTINGS].env);
    const order = synthOrder(this, constructs);
    order.charts.filter(HelmChart.isHelmChart).forEach(refuseSecretsInPlain);
    const check = new ObjectCheck(this.allowsInvalidObjects);
    const text = plainText(order, guardedOnce(order), check);
    check.refuse();
    return text;
  }

  private helmCharts(
    roots: readonly HelmChart[],
    order: SynthOrder,
    objectsOf: GuardedObjectsOf,
  ): Map<string, string | Buffer> {
    const charts = new Map<string, string | Buffer>();
    for (const chart of roots) {
      const files = chartFiles(chartModel(chart, order, objectsOf));
      checkRelease(chart, chart.inputs(), (one) => objectsWithin(one, order, objectsOf));
      for (const [name, text] of files) charts.set(`${chart.chartName}/${name}`, text);
      charts.set(`${chart.chartName}-${chart.facts.version}.tgz`, chartArchive(chart.chartName, files));
    }
    return charts;
  }
}

function handedChart(chart: HelmChart): HandedChart {
  return { name: chart.chartName, needs: secretsToName(chart, chart.inputs()) };
}

/** Refuses values that an installed chart of the release refuses. */
function checkRelease(chart: ChartView, inputs: ChartInputs, objectsOf: ObjectsOf): void {
  checkInstallation(chart, inputs, 'plain', objectsOf);
  for (const [subchart, inner] of inputs.subcharts) checkRelease(subchart, inner, objectsOf);
}

/** An environment is for the charts that have one of this name; without any such chart the name is a mistake. */
function refuseUnknownEnvironment(constructs: readonly IConstruct[], env: string | undefined): void {
  const known = constructs.filter(HelmChart.isHelmChart).flatMap((chart) => Object.keys(chart.environments));
  if (env === undefined || env === 'default' || known.includes(env)) return;
  throw new DrydockError('UNKNOWN_ENVIRONMENT', {
    where: 'the App',
    found: `"${env}"`,
    expected:
      known.length > 0 ? `one of ${[...new Set(known)].join(', ')}` : 'no environment, the charts have none',
    remedy: 'Name one of them, or add it to the `environments` of a chart.',
  });
}
