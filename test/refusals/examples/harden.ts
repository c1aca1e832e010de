import { ApiObject, App, Chart } from 'cdk8s';
import { harden } from '../../../harden';
import type { HardenOptions } from '../../../harden/options';
import { type Examples, on } from '../example';

const WEB = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};
const REASON = 'It is moved to another node by hand';

/** A program with one Pod, hardened with these options, and what is done to it afterwards. */
function hardened(options: HardenOptions, later: (chart: Chart) => unknown = () => undefined): void {
  const app = new App();
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'web', WEB);
  harden(chart, options);
  later(chart);
  chart.node.validate();
}

export const hardenExamples: Examples = {
  EXCEPTION_STALE: on('an exception that excepts nothing', () =>
    hardened({ exceptions: [{ of: 'Pod/web', rule: 'host', reason: REASON }] }),
  ),
  MADE_AFTER_HARDEN: on('a workload that is made after harden', () =>
    hardened({}, (chart) => new ApiObject(chart, 'late', { ...WEB, metadata: { name: 'late' } })),
  ),
  WORKLOAD_UNKNOWN: on('an answer for a workload that is not there', () =>
    hardened({ workloads: [{ of: 'Pod/wep', writable: [] }] }),
  ),
};
