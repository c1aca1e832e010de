import { type ApiObject, App, Chart, type ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  condition,
  DrydockError,
  type Expression,
  type Inputs,
  type Json,
  type JsonObject,
  type Owner,
  text,
} from '../template';
import {
  type Coalesced,
  checkPartially,
  composeDefinitions,
  type DeclaredValues,
  definitionOf,
  type GivenOf,
  inLiteralMode,
  mergeGiven,
  mergeValues,
  refuseSecrets,
  type SecretKey,
  type ValuesDefinition,
} from '../values';
import { appSettings } from './app-settings';
import { type Assertion, type Audience, checkAssertions } from './assertions';
import { addSecret, secretName } from './chart-secrets';
import {
  builtinsOf,
  type ChartFacts,
  HAS_INPUTS,
  type HasInputs,
  helmChartOf,
  type ReleaseFacts,
} from './inputs';
import { defineNaming, fragment } from './naming';
import { guardedOnce, objectsWithin } from './objects-of-chart';
import { synthOrder } from './order';
import { setLiteralFactsIn } from './release';
import { assertionsOf, type ObjectsOf } from './release-names';
import { render } from './render';
import { withInstance } from './selectors';
import { evaluateUnderStockApp } from './stock';
import { checkSubchart, installedSubcharts, refuseSecondOfId, releaseValues } from './umbrella';

export interface HelmChartProps<V extends DeclaredValues = DeclaredValues> extends ChartProps {
  /**
   * The chart's own name. Inside another HelmChart the id is what that one calls it: the key of its values, and where it
   * differs from the name, the alias.
   * @default - the id
   */
  readonly name?: string;
  /** One line on what the chart installs; helm and registries show it. */
  readonly description: string;
  /**
   * The chart's version, as SemVer.
   * @default '0.1.0'
   */
  readonly version?: string;
  /**
   * The version of what the chart installs.
   * @default - the chart's version
   */
  readonly appVersion?: string;
  /**
   * The values that whoever installs the chart can set.
   * @default - none
   */
  readonly values?: V;
  /**
   * Values of named environments. Each is written as values-NAME.yaml; plain YAML can be synthesized for any of them.
   * One called `default` is what plain YAML uses when none is named.
   * @default - none
   */
  readonly environments?: Readonly<Record<string, GivenOf<V>>>;
  /**
   * The release name in plain YAML.
   * @default - the chart's name
   */
  readonly release?: string;
  /**
   * Home page of the project; `ct lint` wants one.
   * @default - none
   */
  readonly home?: string;
}

/** What may be told to a chart instead of its defaults. */
export interface SynthInputs {
  readonly values?: JsonObject;
  readonly env?: string;
  readonly release?: Partial<ReleaseFacts>;
}

/** What a chart is evaluated with, and each of its installed subcharts. */
export interface ChartInputs extends Inputs {
  readonly subcharts: ReadonlyMap<HelmChart, ChartInputs>;
}

const CHART_NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/**
 * A cdk8s chart that is also one Helm chart: in plain YAML its values have their defaults (or those of the chosen
 * environment), as a chart they can be set.
 */
export class HelmChart<V extends DeclaredValues = DeclaredValues> extends Chart implements HasInputs {
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
  readonly facts: ChartFacts;
  readonly description: string;
  readonly home: string | undefined;
  readonly environments: Readonly<Record<string, JsonObject>>;
  /** Everything that the chart can be told: its own values and the naming ones. */
  readonly definition: ValuesDefinition;
  /** The values that its class declares. */
  readonly ownDefinition: ValuesDefinition | undefined;
  readonly owners: readonly Owner[];
  private readonly defaultRelease: string;
  private readonly assertionList: Assertion[] = [];
  private readonly subchartList: HelmChart[] = [];

  constructor(scope: Construct, id: string, props: HelmChartProps<V>) {
    super(refuseSecondOfId(scope, id), id, props);
    for (const name of [id, props.name ?? id])
      if (!CHART_NAME.test(name)) throw badChartName(this.node.path, name);
    this.chartName = props.name ?? id;
    this.umbrella = helmChartOf(scope) as HelmChart | undefined;
    const version = props.version ?? '0.1.0';
    // Helm calls a subchart by its alias in `.Chart.Name`.
    const name = this.umbrella ? id : this.chartName;
    this.facts = { name, version, appVersion: props.appVersion ?? version };
    this.defaultRelease = props.release ?? this.chartName;
    if (inLiteralMode()) setLiteralFactsIn(this.node, builtinsOf(this.releaseFacts(), this.facts));
    const naming = defineNaming(this.chartName);
    this.fullname = naming.fullname;
    this.nameInLabels = naming.name;
    this.description = props.description;
    this.home = props.home;
    this.ownDefinition = props.values && definitionOf(props.values);
    const definitions = [...(this.ownDefinition ? [this.ownDefinition] : []), definitionOf(naming.values)];
    this.definition = composeDefinitions(definitions, this.node.path);
    this.owners = definitions.map(({ owner }) => owner);
    this.umbrella?.takeIn(this as never);
    this.environments = (props.environments ?? {}) as Readonly<Record<string, JsonObject>>;
    for (const [name, given] of Object.entries(this.environments)) {
      checkPartially(this.definition, given, `${this.node.path} environment ${name}`);
      refuseSecrets(this.definition, given, `${this.node.path} environment ${name}`);
    }
    evaluateUnderStockApp(App.of(this));
    for (const secret of this.definition.secrets) addSecret(this as never, secret);
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
    return this.subchartList;
  }

  private takeIn(subchart: HelmChart): void {
    checkSubchart(this as never, subchart);
    this.subchartList.push(subchart);
  }

  /** What expressions of this chart evaluate with. What is given to a subchart stands in the place of what its parent has. */
  inputs(given: SynthInputs = {}): ChartInputs {
    if (!this.umbrella) return this.releaseInputs(given);
    const { values } = given;
    const around = this.umbrella.inputs({ ...given, values: values && { [this.node.id]: values } });
    return around.subcharts.get(this as never) ?? this.inputsWhenLeftOut(around);
  }

  /** Whether a subchart is installed, for the default inputs. */
  get isInstalled(): boolean {
    const { umbrella } = this;
    return !umbrella || (umbrella.isInstalled && umbrella.inputs().subcharts.has(this as never));
  }

  private releaseInputs(given: SynthInputs): ChartInputs {
    const settings = appSettings(this);
    const { values, installed } = this.release(
      given.env ?? settings.env,
      given.values ?? settings.values?.[this.chartName] ?? settings.values?.['*'] ?? {},
    );
    return this.inputsFrom(values, this.releaseFacts(given.release), installed);
  }

  private inputsFrom(
    values: JsonObject,
    release: ReleaseFacts,
    installed: Coalesced['installed'],
  ): ChartInputs {
    const subcharts = installedSubcharts(this as never, installed).map(
      ([subchart, inner]) =>
        [
          subchart,
          subchart.inputsFrom(values[subchart.node.id] as JsonObject, release, inner.installed),
        ] as const,
    );
    return {
      values: new Map(this.owners.map((owner) => [owner, values])),
      builtins: builtinsOf(release, this.facts),
      subcharts: new Map(subcharts),
    };
  }

  /** Nothing of the chart is printed, but somebody may ask one of its objects. */
  private inputsWhenLeftOut(around: ChartInputs): ChartInputs {
    const outer = around.values.get((this.umbrella as HelmChart).owners[0] as Owner) ?? {};
    const values = mergeValues(this.definition.defaults, outer[this.node.id] as JsonObject);
    return this.inputsFrom(values, this.releaseFacts(), new Map());
  }

  /** The full set of values for what is given, or for what the App was told. */
  values(given: SynthInputs = {}): JsonObject {
    return this.inputs(given).values.get(this.owners[0] as Owner) as JsonObject;
  }

  private releaseFacts(given: Partial<ReleaseFacts> = {}): ReleaseFacts {
    if (this.umbrella) return this.umbrella.releaseFacts(given);
    return {
      name: this.defaultRelease,
      namespace: 'default',
      revision: 1,
      isUpgrade: false,
      service: 'drydock',
      kubeVersion: 'v1.34.4',
      ...appSettings(this).release,
      ...given,
    };
  }

  /** The values of a release, for an environment and what is given on top of it. */
  private release(env: string | undefined, given: JsonObject): Coalesced {
    if (env !== undefined && env !== 'default' && !this.environments[env]) throw this.unknownEnvironment(env);
    const base = this.environments[env ?? 'default'] ?? {};
    const where = `${this.node.path} ${env ? `environment ${env}` : 'values'}`;
    return releaseValues(this as never, mergeGiven(base, given), where);
  }

  /** The objects of the chart as plain JSON, conditions and loops applied; subcharts give theirs themselves. */
  override toJson(): Json[] {
    if (inLiteralMode())
      return super.toJson().map((object) => withInstance(object, this.releaseFacts().name) as Json);
    return this.isInstalled ? this.renderOwn(this.inputs(), 'plain', this.objectsOnce()) : [];
  }

  /** The objects for any inputs, those of installed subcharts too; values that an assertion refuses are an error. */
  render(inputs: ChartInputs, audience: Audience = 'plain'): JsonObject[] {
    return this.renderAll(inputs, audience, this.objectsOnce());
  }

  private renderAll(inputs: ChartInputs, audience: Audience, objectsOf: ObjectsOf): JsonObject[] {
    const own = this.renderOwn(inputs, audience, objectsOf);
    return [
      ...own,
      ...[...inputs.subcharts].flatMap(([chart, inner]) => chart.renderAll(inner, audience, objectsOf)),
    ];
  }

  private renderOwn(inputs: ChartInputs, audience: Audience, objectsOf: ObjectsOf): JsonObject[] {
    checkAssertions(assertionsOf(this as never, objectsOf), inputs, audience, this.node.path);
    return objectsOf(this as never).flatMap((object) => render(object, inputs));
  }

  /** The objects of this chart and its subcharts, each asked for its JSON once. */
  private objectsOnce(): ObjectsOf {
    const order = synthOrder(App.of(this));
    const once = guardedOnce(order);
    return (chart) => objectsWithin(chart, order, once);
  }

  private unknownEnvironment(env: string): DrydockError {
    const known = Object.keys(this.environments);
    return new DrydockError('UNKNOWN_ENVIRONMENT', {
      where: this.node.path,
      found: `"${env}"`,
      expected: known.length > 0 ? `one of ${known.join(', ')}` : 'no environment, the chart has none',
      remedy: 'Name it in the `environments` of the chart.',
    });
  }
}

function badChartName(path: string, id: string): DrydockError {
  return new DrydockError('CHART_NAME', {
    where: path,
    found: `the chart name "${id}"`,
    expected: 'lower-case letters, digits and dashes, beginning with a letter',
    remedy: 'The id of a HelmChart is the name of the chart; rename it.',
  });
}
