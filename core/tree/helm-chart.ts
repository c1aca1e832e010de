import { type ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { condition, type Expression, type Json, type JsonObject, type Owner, text } from '../template';
import {
  type AnyObject,
  checkPartially,
  composeDefinitions,
  type DeclaredValues,
  definitionOf,
  inLiteralMode,
  type ObjectPatch,
  refuseSecrets,
  type SecretKey,
  type ValuesDefinition,
} from '../values';
import { type ChartMetadata, chartMetadataOf } from './chart-metadata';
import { plainObjectsOf, renderRelease } from './chart-rendering';
import { addSecret, secretName } from './chart-secrets';
import type { Assertion, Audience, ChartFacts, ChartInputs, ChartView, SynthInputs } from './chart-view';
import { addExtraObjects } from './extra-objects';
import type { HelmChartProps } from './helm-chart-props';
import { requireChartProps } from './helm-chart-shape';
import { builtinsOf, HAS_INPUTS, helmChartOf } from './inputs';
import { type InstallerPatches, installerPatches, patchedHere } from './installer-patches';
import { defineNaming, fragment } from './naming';
import { setLiteralFactsIn } from './release';
import { inputsOf, isInstalled, releaseFactsOf } from './release-inputs';
import { withInstance } from './selectors';
import { evaluateUnderStockApp } from './stock';
import { refuseSecondOfId, subchartsIn, takeIn } from './umbrella';

/**
 * A cdk8s chart that is also one Helm chart: in plain YAML its values have their defaults (or those of the chosen
 * environment), as a chart they can be set.
 *
 * @example
 * const values = defineValues({ replicas: value.integer({ default: 2, min: 1, max: 9, doc: 'How many' }) });
 * const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
 * new SecureService(chart, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   replicas: values.replicas,
 * });
 */
export class HelmChart<V extends DeclaredValues = DeclaredValues> extends Chart implements ChartView {
  /** Charts of cdk8s are `instanceof` each other by a symbol of theirs; ours have one more. */
  static isHelmChart(x: unknown): x is HelmChart {
    return typeof x === 'object' && x !== null && HAS_INPUTS in x;
  }

  static override [Symbol.hasInstance](x: unknown): x is HelmChart {
    return HelmChart.isHelmChart(x);
  }

  readonly [HAS_INPUTS] = true;
  /** The chart's own name, which its folder and its helpers bear. */
  readonly chartName: string;
  /** The HelmChart that this one is a subchart of. */
  readonly umbrella: HelmChart | undefined;
  /** `<chart>.fullname`: the release name, with the chart's name unless that is part of it. */
  readonly fullname: Expression<string>;
  /** `<chart>.name`: the chart's name, unless `nameOverride` says otherwise. */
  readonly nameInLabels: Expression<string>;
  /** The application that the chart is a part of. */
  readonly partOf: string;
  readonly facts: ChartFacts;
  readonly description: string;
  /** What Chart.yaml says for people and registries. */
  readonly metadata: ChartMetadata;
  readonly environments: Readonly<Record<string, JsonObject>>;
  /** Values with which strangers try the chart. */
  readonly trials: Readonly<Record<string, JsonObject>>;
  /** Everything that the chart can be told: its own values and the naming ones. */
  readonly definition: ValuesDefinition;
  /** The values that its class declares. */
  readonly ownDefinition: ValuesDefinition | undefined;
  readonly owners: readonly Owner[];
  /** The release name in plain YAML. */
  readonly defaultRelease: string;
  private patchList: InstallerPatches | undefined;
  private readonly assertionList: Assertion[] = [];

  constructor(scope: Construct, id: string, props: HelmChartProps<V>) {
    super(refuseSecondOfId(scope, id), id, requireChartProps(scope, id, props as HelmChartProps));
    this.chartName = props.name ?? id;
    this.umbrella = helmChartOf(scope) as HelmChart | undefined;
    this.partOf = props.partOf ?? this.umbrella?.partOf ?? this.chartName;
    const version = props.version ?? '0.1.0';
    // Helm calls a subchart by its alias in `.Chart.Name`.
    const name = this.umbrella ? id : this.chartName;
    this.facts = { name, version, appVersion: props.appVersion ?? version };
    this.defaultRelease = props.release ?? this.chartName;
    if (inLiteralMode()) setLiteralFactsIn(this.node, builtinsOf(releaseFactsOf(this), this.facts));
    const naming = defineNaming(this.chartName);
    this.fullname = naming.fullname;
    this.nameInLabels = naming.name;
    this.description = props.description;
    this.metadata = chartMetadataOf(this.node.path, props);
    this.ownDefinition = props.values && definitionOf(props.values);
    const definitions = [...(this.ownDefinition ? [this.ownDefinition] : []), definitionOf(naming.values)];
    this.definition = composeDefinitions(definitions, this.node.path);
    this.owners = definitions.map(({ owner }) => owner);
    if (this.umbrella) takeIn(this.umbrella, this);
    this.environments = this.checked('environment', props.environments);
    this.trials = this.checked('trial', props.trials);
    evaluateUnderStockApp(App.of(this));
    for (const secret of this.definition.secrets) addSecret(this, secret);
  }

  /** Sets of values by name, each checked; no secret is written into a file of a chart. */
  private checked(what: string, sets: object = {}): Readonly<Record<string, JsonObject>> {
    for (const [name, given] of Object.entries<JsonObject>(sets as never)) {
      checkPartially(this.definition, given, `${this.node.path} ${what} ${name}`);
      refuseSecrets(this.definition, given, `${this.node.path} ${what} ${name}`);
    }
    return sets as Readonly<Record<string, JsonObject>>;
  }

  get assertions(): readonly Assertion[] {
    return this.assertionList;
  }

  /** Refuses an installation where the condition is false, with the message. */
  assert(
    cond: boolean | Expression<boolean>,
    message: string,
    options: { readonly onlyInCharts?: boolean } = {},
  ): void {
    if (typeof cond === 'boolean') {
      if (!cond && !options.onlyInCharts) this.node.addValidation({ validate: () => [message] });
      return;
    }
    this.assertionList.push({ cond: condition(cond), message, onlyInCharts: options.onlyInCharts ?? false });
  }

  /** What a container or another object refers to a key of a declared secret by. */
  secretKeyRef({ secret, key }: SecretKey): { readonly name: Expression<string>; readonly key: string } {
    return { name: secretName(this, secret), key };
  }

  /** A name that begins with the chart's fullname. */
  nameFor(suffix: string): Expression<string> {
    return suffix ? text`${this.fullname}-${suffix}` : this.fullname;
  }

  /** A helper of this chart's own, printed once into `_helpers.tpl`. */
  helper<T>(name: string, body: T | Expression<T>): Expression<T> {
    return fragment(`${this.chartName}.${name}`, body);
  }

  /**
   * Puts objects into the chart that whoever installs it adds: an Ingress of another kind, a policy of the platform. Each
   * is what its values say; two of one kind and name are refused.
   *
   * @param objects a value that is declared with `value.objects`
   */
  extraObjects(objects: Expression<readonly AnyObject[]>): void {
    addExtraObjects(this, objects);
  }

  /**
   * Lets whoever installs the chart change its objects beyond its values: a field that no value says is set, or taken away.
   * A patch of an object that is not in the release is refused, and one that changes what an object is called. Subcharts let
   * their own objects be patched.
   *
   * @param patches a value that is declared with `value.patches`
   */
  patches(patches: Expression<readonly ObjectPatch[] | undefined>): void {
    this.patchList = installerPatches(this, patches, this.patchList);
  }

  get installerPatches(): InstallerPatches | undefined {
    return this.patchList;
  }

  override generateObjectName(object: ApiObject): string {
    const parts = object.node.scopes.slice(this.node.scopes.length).map((scope) => scope.node.id);
    const meaningful = parts.filter((part) => part !== 'Resource' && part !== 'Default');
    const suffix = meaningful
      .join('-')
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '');
    return `${this.nameFor(suffix)}`;
  }

  /** The subcharts, in the order in which they were made. */
  get subcharts(): readonly HelmChart[] {
    return subchartsIn(this) as readonly HelmChart[];
  }

  /** What expressions of this chart evaluate with. What is given to a subchart takes the place of what its parent has. */
  inputs(given: SynthInputs = {}): ChartInputs {
    return inputsOf(this, given);
  }

  /** Whether a subchart is installed, for the default inputs. */
  get isInstalled(): boolean {
    return isInstalled(this);
  }

  /** The full set of values for what is given, or for what the App was told. */
  values(given: SynthInputs = {}): JsonObject {
    return this.inputs(given).values.get(this.owners[0] as Owner) as JsonObject;
  }

  /** The objects of the chart as plain JSON, conditions and loops applied; subcharts give theirs themselves. */
  override toJson(): Json[] {
    if (!inLiteralMode()) return plainObjectsOf(this);
    const { name } = releaseFactsOf(this);
    return super
      .toJson()
      .map((object) => patchedHere(this, withInstance(object, name) as JsonObject) as Json);
  }

  /** The objects for any inputs, those of installed subcharts too; values that an assertion refuses are an error. */
  render(inputs: ChartInputs, audience: Audience = 'plain'): JsonObject[] {
    return renderRelease(this, inputs, audience);
  }
}
