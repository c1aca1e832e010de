import type { ChartProps } from 'cdk8s';
import type { DeclaredValues, GivenOf, NamingGiven } from '../values';
import type { ChartMetadata } from './chart-metadata';

export interface HelmChartProps<V extends DeclaredValues = DeclaredValues> extends ChartProps, ChartMetadata {
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
   * The version of the program that the chart installs: what images are tagged with, where no value says otherwise.
   * @default - the chart's version
   */
  readonly appVersion?: string;
  /**
   * The values that can be set when the chart is installed.
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
   * Values with which strangers try the chart: `ct install`, `helm lint` and scanners, which call the release something
   * made up. Each set is written as ci/NAME-values.yaml, on top of what can be made up for what has to be set, and
   * `ct install` installs the chart once with each.
   * @default - one set, `default`, of what can be made up
   */
  readonly trials?: Readonly<Record<string, GivenOf<V> & NamingGiven>>;
  /**
   * The release name in plain YAML.
   * @default - the chart's name
   */
  readonly release?: string;
  /**
   * The application that the chart is a part of, for the label `app.kubernetes.io/part-of`.
   * @default - that of the HelmChart around it; the chart's name where there is none
   */
  readonly partOf?: string;
}
