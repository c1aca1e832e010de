import { DrydockError, type JsonObject, type Owner } from '../template';
import { type Coalesced, mergeGiven, mergeValues } from '../values';
import { appSettings } from './app-settings';
import type { ChartInputs, ChartView, ReleaseFacts, SynthInputs } from './chart-view';
import { builtinsOf } from './inputs';
import { installedSubcharts, releaseValues } from './umbrella';

/**
 * What expressions of a chart evaluate with. What is given to a subchart takes the place of what its parent has for it.
 */
export function inputsOf(chart: ChartView, given: SynthInputs): ChartInputs {
  const { umbrella, node } = chart;
  if (!umbrella) return releaseInputs(chart, given);
  const { values } = given;
  const around = inputsOf(umbrella, { ...given, values: values && { [node.id]: values } });
  return around.subcharts.get(chart) ?? inputsWhenLeftOut(chart, umbrella, around);
}

/** Whether a chart is installed, for the default inputs: a subchart may be left out. */
export function isInstalled(chart: ChartView): boolean {
  const { umbrella } = chart;
  return !umbrella || (isInstalled(umbrella) && inputsOf(umbrella, {}).subcharts.has(chart));
}

/** The facts of the release that a chart is installed in. */
export function releaseFactsOf(chart: ChartView, given: Partial<ReleaseFacts> = {}): ReleaseFacts {
  if (chart.umbrella) return releaseFactsOf(chart.umbrella, given);
  return {
    name: chart.defaultRelease,
    namespace: 'default',
    revision: 1,
    isUpgrade: false,
    service: 'drydock',
    kubeVersion: 'v1.34.4',
    ...appSettings(chart).release,
    ...given,
  };
}

function releaseInputs(chart: ChartView, given: SynthInputs): ChartInputs {
  const settings = appSettings(chart);
  // An environment of the whole App says nothing to a chart without any; one that no chart has is refused by the App.
  const hasEnvironments = Object.keys(chart.environments).length > 0;
  const env = given.env ?? (hasEnvironments ? settings.env : undefined);
  const told = Object.hasOwn(settings.values ?? {}, chart.chartName) ? chart.chartName : '*';
  const file = given.values ? undefined : settings.valuesFrom?.[told];
  const { values, installed } = releaseOf(chart, env, given.values ?? settings.values?.[told] ?? {}, file);
  return inputsFrom(chart, values, releaseFactsOf(chart, given.release), installed);
}

/** The values of a release, for an environment and what is given on top of it. */
function releaseOf(
  chart: ChartView,
  env: string | undefined,
  given: JsonObject,
  file: string | undefined,
): Coalesced {
  const { environments, node } = chart;
  const isKnown = Object.hasOwn(environments, env ?? 'default');
  if (env !== undefined && env !== 'default' && !isKnown) throw unknownEnvironment(chart, env);
  const base = isKnown ? environments[env ?? 'default'] : {};
  const from = file === undefined ? '' : ` with ${file}`;
  const where = `${node.path} ${env ? `environment ${env}` : 'values'}${from}`;
  return releaseValues(chart, mergeGiven(base ?? {}, given), where);
}

function inputsFrom(
  chart: ChartView,
  values: JsonObject,
  release: ReleaseFacts,
  installed: Coalesced['installed'],
): ChartInputs {
  const subcharts = installedSubcharts(chart, installed).map(([subchart, inner]) => {
    const own = values[subchart.node.id] as JsonObject;
    return [subchart, inputsFrom(subchart, own, release, inner.installed)] as const;
  });
  return {
    values: new Map(chart.owners.map((owner) => [owner, values])),
    builtins: builtinsOf(release, chart.facts),
    subcharts: new Map(subcharts),
  };
}

/** Nothing of the chart is printed, but one of its objects may be asked for. */
function inputsWhenLeftOut(chart: ChartView, umbrella: ChartView, around: ChartInputs): ChartInputs {
  const outer = around.values.get(umbrella.owners[0] as Owner) ?? {};
  const values = mergeValues(chart.definition.defaults, outer[chart.node.id] as JsonObject);
  return inputsFrom(chart, values, releaseFactsOf(chart), new Map());
}

function unknownEnvironment({ environments, node }: ChartView, env: string): DrydockError {
  const known = Object.keys(environments);
  return new DrydockError('UNKNOWN_ENVIRONMENT', {
    where: node.path,
    found: `"${env}"`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : 'no environment, the chart has none',
    remedy: 'Name it in the `environments` of the chart.',
  });
}
