import {
  AiAgentChart,
  BackendChart,
  CiFixerAdminChart,
  CiFixerChart,
  FrontendChart,
  GitopsControllerChart,
  HelloChart,
  McpServerChart,
  PostgresChart,
  TodoStackChart,
} from '../../charts';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import { mergeGiven } from '../../core/values';
import { fullChart } from './full-service';

/** A chart, and what it is installed with. */
export interface Subject {
  readonly name: string;
  readonly chart: HelmChart;
  /** What has to be given when it is installed. */
  readonly values: JsonObject;
}

const existing = { secrets: { existingSecret: 'existing' } };
const credentials = { credentials: { existingSecret: 'existing' } };

/** Every chart of ours, with its defaults and for each environment; between them they have every construct. */
export function subjects(): Subject[] {
  return [
    ...inEveryEnvironment(fullChart()),
    ...inEveryEnvironment(new HelloChart(Testing.app())),
    ...inEveryEnvironment(new CiFixerAdminChart(Testing.app())),
    ...inEveryEnvironment(new CiFixerChart(Testing.app()), credentials),
    ...inEveryEnvironment(new GitopsControllerChart(Testing.app()), { prometheus: { dashboard: true } }),
    ...inEveryEnvironment(new TodoStackChart(Testing.app()), {
      frontend: existing,
      backend: existing,
      'ai-agent': existing,
      postgres: { enabled: true, ...existing },
    }),
    ...inEveryEnvironment(new FrontendChart(Testing.app()), existing),
    ...inEveryEnvironment(new BackendChart(Testing.app()), existing),
    ...inEveryEnvironment(new McpServerChart(Testing.app())),
    ...inEveryEnvironment(new AiAgentChart(Testing.app()), existing),
    ...inEveryEnvironment(new PostgresChart(Testing.app()), existing),
  ];
}

function inEveryEnvironment(chart: HelmChart, values: JsonObject = {}): Subject[] {
  const { chartName, environments } = chart;
  const named = Object.entries(environments).map(([env, given]) => ({
    name: `${chartName}-${env}`,
    chart,
    values: mergeGiven(given, values),
  }));
  return [{ name: chartName, chart, values }, ...named];
}

/** What `helm install` creates, tests of the release included. */
export function objectsOf({ chart, values }: Subject): JsonObject[] {
  return chart.render(chart.inputs({ values, release: { service: 'Helm' } }), 'helm');
}
