import type { JsonObject, Node, Tree } from '../template';
import type { ValuesDefinition } from '../values';
import type { DocumentGuard } from './print/document';

/** One object of a chart: its template tree, what it is under, and the name of its file. */
export interface ChartObject {
  readonly tree: Tree;
  readonly guards: readonly DocumentGuard[];
  /** For example `api-deployment`. */
  readonly fileName: string;
  /** The construct path, for errors. */
  readonly where: string;
}

/** Everything that a Helm chart is printed from. */
export interface ChartModel extends ChartHeader {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly definition: ValuesDefinition;
  readonly environments: Readonly<Record<string, JsonObject>>;
  /** Values with which strangers try the chart, on top of what can be made up. */
  readonly trials: Readonly<Record<string, JsonObject>>;
  readonly objects: readonly ChartObject[];
  /** The Secrets that somebody has to provide: the name, which may come from a value, and the keys. */
  readonly secrets: readonly { readonly name: Node; readonly keys: readonly string[] }[];
  readonly assertions: readonly PrintedAssertion[];
  readonly subcharts: readonly Subchart[];
  /** What whoever installs changes of the objects, where the chart lets them. */
  readonly patches?: Node;
}

/** What Chart.yaml says for people and registries. */
export interface ChartHeader {
  readonly description: string;
  readonly kubeVersion?: string;
  readonly home?: string;
  readonly icon?: string;
  readonly sources?: readonly string[];
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The files of a chart folder: path inside it and text. */
export type ChartFiles = ReadonlyMap<string, string>;

/** A chart inside another. */
export interface Subchart {
  /** What its parent calls it: its name, or the alias. */
  readonly key: string;
  readonly model: ChartModel;
  /** Paths of booleans among the parent's values. */
  readonly conditions: readonly string[];
  readonly tags: readonly string[];
  /** The construct path, for errors. */
  readonly where: string;
}

/** What values have to meet; where they do not, helm fails with the message. */
export interface PrintedAssertion {
  readonly cond: Node;
  readonly message: string;
  /** Holds only where these subcharts are installed, each named by the keys that lead to it. */
  readonly between?: readonly (readonly string[])[];
}
