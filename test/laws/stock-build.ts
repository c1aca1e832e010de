import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ApiObject,
  type App,
  type AppProps,
  Chart,
  Cron,
  Helm,
  Include,
  type IResolver,
  JsonPatch,
  Lazy,
  type ResolutionContext,
  Yaml,
  YamlOutputType,
} from 'cdk8s';
import * as plus28 from 'cdk8s-plus-28';
import * as plus34 from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { ChartModel, Part, PatchModel, ProgramModel } from './stock-model';

/** What a program is given: the App to build under, the tools it may use, and where it says what it made use of. */
export interface Kit {
  newApp(props?: AppProps): App;
  /** The helm binary; programs that need it are left out where there is none. */
  readonly helm: string | undefined;
  saw(feature: Feature): void;
}

/** Everything that the law has to have seen often enough. */
export const features = [
  'FILE_PER_APP',
  'FILE_PER_CHART',
  'FILE_PER_RESOURCE',
  'FOLDER_PER_CHART_FILE_PER_RESOURCE',
  'Include',
  'Helm construct',
  'JSON patch',
  'dependency',
  'nested chart',
  'custom resolver',
  'disableResourceNameHashes',
  'Lazy',
  'implicit token',
  'cdk8s-plus-28',
  'cdk8s-plus-34',
  'cdk8s-plus spread',
  'failing validation',
  'construct-metadata.json',
  'namespace and labels of a chart',
  'metadata changed after construction',
  'keys not sorted',
  'own file extension',
  'chart with a toJson of its own',
  'synthYaml',
  'chart.toJson',
] as const;
export type Feature = (typeof features)[number];

/** A marker that the custom resolver of generated programs replaces. */
class Custom {
  constructor(readonly value: unknown) {}
}

class CustomResolver implements IResolver {
  resolve(context: ResolutionContext): void {
    if (context.value instanceof Custom) context.replaceValue(context.value.value);
  }
}

class PostProcessed extends Chart {
  override toJson() {
    return super.toJson().map((json) => ({ ...json, processed: true }));
  }
}

export function buildProgram(model: ProgramModel, kit: Kit): App {
  kit.saw(YamlOutputType[model.output] as Feature);
  if (model.extension) kit.saw('own file extension');
  if (model.recordsMetadata) kit.saw('construct-metadata.json');
  if (!model.sortsKeys) kit.saw('keys not sorted');
  const app = kit.newApp({
    yamlOutputType: model.output as YamlOutputType,
    outputFileExtension: model.extension,
    recordConstructMetadata: model.recordsMetadata,
    resolvers: model.hasResolver ? [new CustomResolver()] : undefined,
  });
  let before: Chart | undefined;
  for (const chart of model.charts) before = buildChart(app, chart, before, model.hasResolver, kit) ?? before;
  addDependencies(app, model, kit);
  if (model.complaint !== undefined) {
    const complaint = model.complaint;
    kit.saw('failing validation');
    app.node
      .findAll()
      .at(-1)
      ?.node.addValidation({ validate: () => [complaint, `${complaint}, again`] });
  }
  return app;
}

function buildChart(
  app: App,
  model: ChartModel,
  before: Chart | undefined,
  hasResolver: boolean,
  kit: Kit,
): Chart | undefined {
  const scope = model.isNested && before ? before : app;
  if (scope.node.tryFindChild(model.id)) return undefined;
  if (scope !== app) kit.saw('nested chart');
  if (model.disableResourceNameHashes) kit.saw('disableResourceNameHashes');
  if (model.hasOwnToJson) kit.saw('chart with a toJson of its own');
  if (model.namespace) kit.saw('namespace and labels of a chart');
  const { namespace, labels, disableResourceNameHashes } = model;
  const chart = new (model.hasOwnToJson ? PostProcessed : Chart)(scope, model.id, {
    namespace,
    labels,
    disableResourceNameHashes,
  });
  for (const part of model.parts) buildPart(chart, part, hasResolver, kit);
  return chart;
}

function buildPart(scope: Construct, part: Part, hasResolver: boolean, kit: Kit): void {
  if (scope.node.tryFindChild(part.id)) return;
  switch (part.type) {
    case 'object':
      buildObject(scope, part, hasResolver, kit);
      break;
    case 'include':
      buildInclude(scope, part, kit);
      break;
    case 'helm':
      if (kit.helm) buildHelm(scope, part.id, part.message, kit.helm, kit);
      break;
    case 'plus':
      // The two are nominally different types of the same shape.
      buildPlus(part.version === 28 ? plus28 : (plus34 as never), scope, part, kit);
      break;
    case 'group': {
      const group = new Construct(scope, part.id);
      for (const inner of part.parts) buildPart(group, inner, hasResolver, kit);
    }
  }
}

let includes: { readonly folder: string; count: number } | undefined;

/** A new file in the one folder of this process; thousands of programs are built. */
function includedFile(): string {
  includes ??= { folder: mkdtempSync(path.join(tmpdir(), 'stock-law-')), count: 0 };
  return path.join(includes.folder, `objects-${includes.count++}.yaml`);
}

function buildInclude(scope: Construct, part: Extract<Part, { type: 'include' }>, kit: Kit): void {
  kit.saw('Include');
  const file = includedFile();
  writeFileSync(file, Yaml.stringify(...part.documents));
  new Include(scope, part.id, { url: file });
}

function buildObject(
  scope: Construct,
  part: Extract<Part, { type: 'object' }>,
  hasResolver: boolean,
  kit: Kit,
): void {
  const wrapped = (value: unknown): unknown => {
    if (part.wrap === 'lazy') {
      kit.saw('Lazy');
      return Lazy.any({ produce: () => value });
    }
    if (part.wrap === 'token') {
      kit.saw('implicit token');
      return { resolve: () => value };
    }
    if (part.wrap === 'custom' && hasResolver) {
      kit.saw('custom resolver');
      return new Custom(value);
    }
    return value;
  };
  const body = Object.fromEntries(Object.entries(part.body).map(([key, value]) => [key, wrapped(value)]));
  const { apiVersion, kind } = part;
  const metadata = part.name === undefined ? undefined : { name: part.name };
  const object = new ApiObject(scope, part.id, { apiVersion, kind, metadata, ...body });
  patch(object, part.patches, kit);
  edit(object, part.edits, kit);
}

function patch(object: ApiObject, patches: readonly PatchModel[], kit: Kit): void {
  for (const { op, value } of patches) {
    kit.saw('JSON patch');
    if (op === 'add') object.addJsonPatch(JsonPatch.add('/added', value));
    if (op === 'replace') object.addJsonPatch(JsonPatch.replace('/kind', String(value)));
    if (op === 'remove')
      object.addJsonPatch(JsonPatch.remove('/apiVersion'), JsonPatch.add('/apiVersion', 'v2'));
    if (op === 'copy') object.addJsonPatch(JsonPatch.copy('/metadata', '/copied'));
  }
}

function edit({ metadata }: ApiObject, edits: Extract<Part, { type: 'object' }>['edits'], kit: Kit): void {
  for (const one of edits) {
    kit.saw('metadata changed after construction');
    if (one === 'label') metadata.addLabel('added', 'yes');
    if (one === 'annotation') metadata.addAnnotation('note', 'two\nlines');
    if (one === 'finalizer') metadata.addFinalizers('example.com/finalizer');
    if (one === 'owner')
      metadata.addOwnerReference({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '1' });
    if (one === 'extra') metadata.add('generation', 3);
  }
}

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: greeting\nversion: 0.1.0\n',
  'values.yaml': 'message: hello\n',
  'configmap.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-greeting\ndata:\n  message: {{ .Values.message | quote }}\n',
};

let helmChart: string | undefined;

export function buildHelm(scope: Construct, id: string, message: string, helm: string, kit: Kit): void {
  kit.saw('Helm construct');
  if (helmChart === undefined) {
    helmChart = mkdtempSync(path.join(tmpdir(), 'stock-law-chart-'));
    for (const [file, content] of Object.entries(CHART)) {
      const folder = file === 'configmap.yaml' ? path.join(helmChart, 'templates') : helmChart;
      writeFileSync(path.join(mkdirs(folder), file), content);
    }
  }
  new Helm(scope, id, { chart: helmChart, helmExecutable: helm, values: { message } });
}

function mkdirs(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

function buildPlus(
  plus: typeof plus28,
  scope: Construct,
  part: Extract<Part, { type: 'plus' }>,
  kit: Kit,
): void {
  kit.saw(part.version === 28 ? 'cdk8s-plus-28' : 'cdk8s-plus-34');
  const container = {
    image: 'nginx',
    portNumber: 8080,
    envVariables: { TEXT: plus.EnvValue.fromValue(part.text) },
  };
  if (part.what === 'configmap') {
    new plus.ConfigMap(scope, part.id, { data: { 'file.txt': part.text }, binaryData: { b: 'AAAA' } });
    return;
  }
  if (part.what === 'cronjob') {
    new plus.CronJob(scope, part.id, { schedule: Cron.hourly(), containers: [container] });
    return;
  }
  const deployment = new plus.Deployment(scope, part.id, { containers: [container], spread: part.spread });
  if (part.spread) kit.saw('cdk8s-plus spread');
  deployment.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
}

function addDependencies(app: App, model: ProgramModel, kit: Kit): void {
  const constructs = app.node.findAll().slice(1);
  for (const { from, to } of model.dependencies) {
    const [source, target] = [constructs[from % constructs.length], constructs[to % constructs.length]];
    if (!source || !target || source === target) continue;
    kit.saw('dependency');
    source.node.addDependency(target);
  }
}
