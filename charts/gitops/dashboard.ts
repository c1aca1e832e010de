/** A panel: its title, its unit as Grafana calls it, and what it draws. */
type Panel = readonly [title: string, unit: string, expression: string, legend: string];

// Most are the names that controllers in Go give their metrics, so those panels fit any of them.
const PANELS: readonly Panel[] = [
  ['Leads', 'short', 'leader_election_master_status', '{{pod}}'],
  ['Reconciles', 'ops', 'sum by (result) (rate(controller_runtime_reconcile_total[5m]))', '{{result}}'],
  [
    'Time of a reconcile, 95 %',
    's',
    'histogram_quantile(0.95, sum by (le) (rate(controller_runtime_reconcile_time_seconds_bucket[5m])))',
    'reconcile',
  ],
  ['Failed reconciles', 'ops', 'sum(rate(controller_runtime_reconcile_errors_total[5m]))', 'failed'],
  ['Applications that wait for a worker', 'short', 'sum(workqueue_depth)', 'waiting'],
  [
    'Time in the queue, 95 %',
    's',
    'histogram_quantile(0.95, sum by (le) (rate(workqueue_queue_duration_seconds_bucket[5m])))',
    'queue',
  ],
  ['Gates that hold back a wave', 'short', 'sum by (state) (drydock_gitops_gates_closed)', '{{state}}'],
  [
    'What gates have answered',
    'ops',
    'sum by (answer) (rate(drydock_gitops_gate_asked_total[5m]))',
    '{{answer}}',
  ],
  ['Memory', 'bytes', 'process_resident_memory_bytes', '{{pod}}'],
  ['Processor', 'percentunit', 'rate(process_cpu_seconds_total[5m])', '{{pod}}'],
];

const DATASOURCE = 'datasource';
const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard for Grafana, as its JSON: two panels a row. */
export function dashboard(job: string): string {
  const panels = PANELS.map(([title, unit, expression, legend], index) => ({
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: { type: 'prometheus', uid: `$\{${DATASOURCE}}` },
    gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: [{ refId: 'A', expr: ofJob(expression, job), legendFormat: legend }],
  }));
  const datasource = { name: DATASOURCE, type: 'datasource', query: 'prometheus' };
  return `${JSON.stringify(
    {
      title: 'GitOps controller',
      uid: 'drydock-gitops',
      schemaVersion: 39,
      time: { from: 'now-6h', to: 'now' },
      refresh: '30s',
      templating: { list: [datasource] },
      panels,
    },
    null,
    2,
  )}\n`;
}

/** Other controllers have metrics of the same names: only those of this one are meant. */
function ofJob(expression: string, job: string): string {
  return expression.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) =>
    name === 'histogram_quantile' ? name : `${name}{job="${job}"}`,
  );
}
