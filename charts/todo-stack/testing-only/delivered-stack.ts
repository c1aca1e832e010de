import type { Construct } from 'constructs';
import { RolloutAnalysis } from '../../../constructs';
import type { HelmChart } from '../../../core/tree';
import { backendValues, TodoStackChart } from '..';

/** A canary whose analysis belongs to the chart of its service, and is told a value of it. */
function canary(chart: HelmChart) {
  const errors = new RolloutAnalysis(chart, 'errors', {
    prometheus: 'http://prometheus.monitoring:9090',
    metrics: { errors: { query: 'errors{version="{{args.version}}"}', success: 'result[0] < 0.05' } },
    args: ['version'],
  });
  const analysis = { templates: [errors], args: { version: backendValues.image.tag } };
  return { canary: { steps: [{ setWeight: 25 }, { analysis }] } };
}

/** The stack with two services that are delivered step by step, each in its own way. */
export function deliveredStack(app: Construct): TodoStackChart {
  return new TodoStackChart(app, 'todo-app', {
    backend: { delivery: canary, allowPrometheus: { namespace: 'monitoring' } },
    frontend: { delivery: { blueGreen: {} } },
  });
}
