import type { Outcome } from './controller';
import type { WorkQueue } from './queue/work-queue';
import { Metrics } from './serve/metrics';

/**
 * What an operator measures, under the names that controllers in Go have for it, so that their dashboards and alerts
 * fit.
 */
export class OperatorMetrics {
  readonly metrics = new Metrics();
  leads = false;
  #queues: ReadonlyArray<readonly [name: string, queue: WorkQueue]> = [];
  readonly #total = this.metrics.counter('controller_runtime_reconcile_total', 'Reconciles by their result');
  readonly #errors = this.metrics.counter(
    'controller_runtime_reconcile_errors_total',
    'Reconciles that failed',
  );
  readonly #time = this.metrics.histogram(
    'controller_runtime_reconcile_time_seconds',
    'How long reconciles took',
  );
  readonly #queued = this.metrics.histogram(
    'workqueue_queue_duration_seconds',
    'How long keys waited for a worker',
  );
  readonly #retries = this.metrics.counter('workqueue_retries_total', 'Keys that have to be worked on again');

  constructor() {
    const { metrics } = this;
    metrics.gauge('leader_election_master_status', '1 for the process that leads', () => [
      [{}, this.leads ? 1 : 0],
    ]);
    const gauges = [
      ['workqueue_depth', 'Keys that wait for a worker', 'ready'],
      ['workqueue_delayed', 'Keys that wait for a time', 'delayed'],
      ['controller_runtime_active_workers', 'Keys that are worked on', 'workedOn'],
    ] as const;
    for (const [name, help, count] of gauges) {
      metrics.gauge(name, help, () =>
        this.#queues.map(
          ([controller, queue]) => [{ controller, name: controller }, queue.counts()[count]] as const,
        ),
      );
    }
    metrics.gauge('process_resident_memory_bytes', 'Memory that the process has', () => [
      [{}, process.memoryUsage.rss()],
    ]);
    metrics.gauge('process_cpu_seconds_total', 'Processor time that the process has used', () => {
      const { user, system } = process.cpuUsage();
      return [[{}, (user + system) / 1e6]];
    });
  }

  watch(queues: ReadonlyArray<readonly [name: string, queue: WorkQueue]>): void {
    this.#queues = queues;
  }

  reconciled({ controller, result, durationMs, queuedMs }: Outcome): void {
    this.#total.add({ controller, result: result === 'again' ? 'requeue_after' : result });
    if (result === 'error') {
      this.#errors.add({ controller });
      this.#retries.add({ controller, name: controller });
    }
    this.#time.observe(durationMs / 1000, { controller });
    this.#queued.observe(queuedMs / 1000, { controller, name: controller });
  }
}
