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
  checkPartially,
  composeDefinitions,
  type DeclaredValues,
  definitionOf,
  type GivenOf,
  inLiteralMode,
  mergeGiven,
  parseValues,
  refuseSecrets,
  type SecretKey,
  type ValuesDefinition,
} from '../values';
import { appSettings } from './app-settings';
import { type Assertion, type Audience, checkAssertions, nameAssertions } from './assertions';
import { addSecret, secretName } from './chart-secrets';
import { builtinsOf, type ChartFacts, HAS_INPUTS, type HasInputs, type ReleaseFacts } from './inputs';
import { defineNaming, fragment } from './naming';
import { synthOrder } from './order';
import { setLiteralFacts } from './release';
import { render } from './render';
import { withInstance } from './selectors';
import { evaluateUnderStockApp } from './stock';
import { objectsWithin } from './within';

export interface HelmChartProps<V extends DeclaredValues = DeclaredValues> extends ChartProps {
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
  /** The chart's name. */
  readonly chartName: string;
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
  readonly owners: readonly Owner[];
  private readonly defaultRelease: string;
  private readonly assertionList: Assertion[] = [];

  constructor(scope: Construct, id: string, props: HelmChartProps<V>) {
    super(scope, id, props);
    if (!CHART_NAME.test(id)) throw badChartName(this.node.path, id);
    this.chartName = id;
    const version = props.version ?? '0.1.0';
    this.facts = { name: id, version, appVersion: props.appVersion ?? version };
    this.defaultRelease = props.release ?? id;
    if (inLiteralMode()) setLiteralFacts(builtinsOf(this.releaseFacts(), this.facts));
    const naming = defineNaming(id);
    this.fullname = naming.fullname;
    this.nameInLabels = naming.name;
    this.description = props.description;
    this.home = props.home;
    const definitions = [...(props.values ? [definitionOf(props.values)] : []), definitionOf(naming.values)];
    this.definition = composeDefinitions(definitions, this.node.path);
    this.owners = definitions.map(({ owner }) => owner);
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

  inputs(given: SynthInputs = {}): Inputs {
    const values = this.values(given);
    const owners = new Map(this.owners.map((owner) => [owner, values]));
    return { values: owners, builtins: builtinsOf(this.releaseFacts(given.release), this.facts) };
  }

  /** The full set of values for what is given, or for what the App was told. */
  values(given: SynthInputs = {}): JsonObject {
    const settings = appSettings(this);
    return this.valuesFor(
      given.env ?? settings.env,
      given.values ?? settings.values?.[this.chartName] ?? settings.values?.['*'] ?? {},
    );
  }

  private releaseFacts(given: Partial<ReleaseFacts> = {}): ReleaseFacts {
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

  /** The full set of values for an environment and what is given on top of it. */
  valuesFor(env: string | undefined, given: JsonObject): JsonObject {
    if (env !== undefined && env !== 'default' && !this.environments[env]) throw this.unknownEnvironment(env);
    const base = this.environments[env ?? 'default'] ?? {};
    return parseValues(
      this.definition,
      mergeGiven(base, given),
      `${this.node.path} ${env ? `environment ${env}` : 'values'}`,
    );
  }

  /** The objects of the chart as plain JSON, conditions and loops applied. */
  override toJson(): Json[] {
    if (inLiteralMode())
      return super.toJson().map((object) => withInstance(object, this.releaseFacts().name) as Json);
    return this.render(this.inputs());
  }

  /** The objects for any inputs; values that an assertion refuses are an error. */
  render(inputs: Inputs, audience: Audience = 'plain'): JsonObject[] {
    const objects = objectsWithin(this as never, synthOrder(App.of(this)));
    checkAssertions([...this.assertionList, ...nameAssertions(objects)], inputs, audience, this.node.path);
    return objects.flatMap((object) => render(object, inputs));
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
