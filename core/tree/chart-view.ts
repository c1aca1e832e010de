import type { Chart } from 'cdk8s';
import type { Expression, Inputs, JsonObject, Node, Owner } from '../template';
import type { ValuesDefinition } from '../values';
import type { InstallerPatches } from './installer-patches';

/** What the files around `HelmChart` know of a chart; they are asked by it, so none of them imports its class. */
export interface ChartView extends Chart {
  /** The chart's own name, which its folder and its helpers bear. */
  readonly chartName: string;
  /** The HelmChart that this one is a subchart of. */
  readonly umbrella: ChartView | undefined;
  readonly subcharts: readonly ChartView[];
  readonly fullname: Expression<string>;
  /** The chart's name in labels. */
  readonly nameInLabels: Expression<string>;
  /** The application that the chart is a part of. */
  readonly partOf: string;
  readonly facts: ChartFacts;
  /** The release name in plain YAML. */
  readonly defaultRelease: string;
  readonly environments: Readonly<Record<string, JsonObject>>;
  /** Values with which strangers try the chart. */
  readonly trials: Readonly<Record<string, JsonObject>>;
  /** Everything that the chart can be told: its own values and the naming ones. */
  readonly definition: ValuesDefinition;
  /** The values that its class declares. */
  readonly ownDefinition: ValuesDefinition | undefined;
  readonly owners: readonly Owner[];
  readonly assertions: readonly Assertion[];
  /** What whoever installs the chart changes of its objects, where the chart lets them. */
  readonly installerPatches: InstallerPatches | undefined;
  inputs(given?: SynthInputs): ChartInputs;
  nameFor(suffix: string): Expression<string>;
  helper<T>(name: string, body: T | Expression<T>): Expression<T>;
  assert(
    cond: boolean | Expression<boolean>,
    message: string,
    options?: { readonly onlyInCharts?: boolean },
  ): void;
}

/** The facts of an installation that are not values. */
export interface ReleaseFacts {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly isUpgrade: boolean;
  /** What installs the release; `Helm` under helm. */
  readonly service: string;
  readonly kubeVersion: string;
}

export interface ChartFacts {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
}

/** What may be told to a chart instead of its defaults. */
export interface SynthInputs {
  readonly values?: JsonObject;
  readonly env?: string;
  readonly release?: Partial<ReleaseFacts>;
}

/** What a chart is evaluated with, and each of its installed subcharts. */
export interface ChartInputs extends Inputs {
  readonly subcharts: ReadonlyMap<ChartView, ChartInputs>;
}

/** A condition that the values of an installation have to meet; printed as `fail`. */
export interface Assertion {
  readonly cond: Node;
  readonly message: string;
  /** Plain YAML does without: a Secret, for example, is created there by other means. */
  readonly onlyInCharts: boolean;
  /** Holds only where these subcharts are installed, each named by the keys that lead to it. */
  readonly between?: readonly SubchartPath[];
}

/** The keys that lead from a chart to one of its subcharts. */
export type SubchartPath = readonly string[];

/** Who the objects are for: a release of helm, or plain YAML. */
export type Audience = 'helm' | 'plain';
