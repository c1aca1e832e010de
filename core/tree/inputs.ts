import type { IConstruct } from 'constructs';
import { type Builtin, DrydockError, type Inputs, type JsonObject, type Owner } from '../template';
import type { ChartFacts, ChartView, ReleaseFacts } from './chart-view';

/** Marks charts that have values; found by symbol, so that two copies of this library agree. */
export const HAS_INPUTS = Symbol.for('cdk8s-drydock.HasInputs');

/** The inputs that a construct's chart gives it. */
export function inputsFor(construct: IConstruct): Inputs {
  return helmChartOf(construct)?.inputs() ?? NO_CHART;
}

/** The HelmChart that a construct is, or the innermost that it is in. */
export function helmChartOf(construct: IConstruct): ChartView | undefined {
  return construct.node.scopes.reverse().find((scope): scope is ChartView => HAS_INPUTS in scope);
}

/** Outside of a HelmChart nothing has a value, and asking for one is an error that says so. */
const NO_CHART: Inputs = {
  values: new Proxy(new Map<Owner, JsonObject>(), { get: () => () => outsideOfChart() }),
  builtins: new Proxy({} as Record<Builtin, string>, { get: () => outsideOfChart() }),
};

function outsideOfChart(): never {
  throw new DrydockError('NO_CHART', {
    where: 'an object outside of a HelmChart',
    found: 'an expression',
    expected: 'plain data',
    remedy: 'Values belong to a chart: put the construct into a HelmChart that was given them.',
  });
}

/** What helm takes for the name of a release. */
const RELEASE_NAME = /^(?=.{1,53}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function builtinsOf(release: ReleaseFacts, chart: ChartFacts): Inputs['builtins'] {
  if (!RELEASE_NAME.test(release.name)) throw badReleaseName(release.name, chart.name);
  return {
    'Release.Name': release.name,
    'Release.Namespace': release.namespace,
    'Release.Service': release.service,
    'Release.Revision': release.revision,
    'Release.IsInstall': !release.isUpgrade,
    'Release.IsUpgrade': release.isUpgrade,
    'Chart.Name': chart.name,
    'Chart.Version': chart.version,
    'Chart.AppVersion': chart.appVersion,
    'Capabilities.KubeVersion.Version': release.kubeVersion,
  };
}

function badReleaseName(name: string, chart: string): DrydockError {
  return new DrydockError('RELEASE_NAME', {
    where: `a release of ${chart}`,
    found: `the name "${name}"`,
    expected: 'at most 53 lower-case letters, digits, dashes and dots, with a letter or digit at both ends',
    remedy: 'Helm takes no other name; set `release` of the chart, or choose another name for the release.',
  });
}
