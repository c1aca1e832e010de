import type { KubeEvent, KubeHooks } from '../../kube';
import type { ClaimInfo } from '../claim/claim-info';
import { SandboxError, type SandboxErrorCode } from '../errors';
import { Histogram } from './histogram';
import { PoolMetrics } from './pool-metrics';
import { type OperationEnd, type SandboxHooks, type SandboxOperation, within } from './sandbox-hooks';
import { counted, family, labelled } from './text';

/**
 * What a program that makes sandboxes should watch, as Prometheus counters. Labels are codes, verbs and names of
 * kinds, all from closed lists: nothing that a tenant or a name of an object could multiply.
 */
export class Metrics {
  readonly #spawned = { jobs: 0 };
  readonly #failed = new Map<string, number>();
  readonly #apiErrors = new Map<string, number>();
  readonly #claims = new Histogram();
  readonly #commands = new Histogram();
  readonly #ways = new Map<string, number>();
  /** Where there is a warm pool. */
  pool: PoolMetrics | undefined;
  #live = 0;
  #around: SandboxHooks['around'];

  spawned(): void {
    this.#spawned.jobs += 1;
  }

  failed(error: unknown): void {
    this.jobFailed(error instanceof SandboxError ? error.code : 'Unknown');
  }

  jobFailed(cause: SandboxErrorCode | 'Unknown'): void {
    counted(this.#failed, `cause="${cause}"`);
  }

  claimed(milliseconds: number): void {
    this.#claims.observe(milliseconds / 1000);
    this.#live += 1;
  }

  /** Which way a claim went, and why; told only where there is a pool. */
  went(info: ClaimInfo): void {
    if (info.way === 'warm') counted(this.#ways, `way="warm",why="${info.from}"`);
    if (info.way === 'cold') counted(this.#ways, `way="cold",why="${info.why}"`);
  }

  watchPool(counts: () => { readonly ready: number; readonly all: number }): void {
    this.pool = new PoolMetrics(counts);
  }

  attached(): void {
    this.#live += 1;
  }

  ended(): void {
    this.#live -= 1;
  }

  commandTook(milliseconds: number): void {
    this.#commands.observe(milliseconds / 1000);
  }

  /** The caller's hooks, with our counting before them. */
  hooks(callers: SandboxHooks = {}): KubeHooks {
    this.#around = callers.around;
    return {
      headers: callers.headers,
      onEvent: (event) => {
        this.#heard(event);
        callers.onEvent?.(event);
      },
    };
  }

  /** An operation within what the caller wants around it. */
  within<Result>(
    operation: SandboxOperation,
    work: () => Promise<Result>,
    told: (result: Result) => Pick<OperationEnd, 'kinds' | 'facts'>,
  ): Promise<Result> {
    return within({ around: this.#around }, operation, work, told);
  }

  /** The text exposition format, version 0.0.4. */
  text(): string {
    const lines = [
      ...family('drydock_sandbox_jobs_spawned_total', 'counter', 'Jobs that were created', [
        `drydock_sandbox_jobs_spawned_total ${this.#spawned.jobs}`,
      ]),
      ...family(
        'drydock_sandbox_jobs_failed_total',
        'counter',
        'Sandboxes that did not start or ended before they were closed',
        labelled('drydock_sandbox_jobs_failed_total', this.#failed),
      ),
      ...family('drydock_sandboxes_live', 'gauge', 'Sandboxes that are claimed and not closed', [
        `drydock_sandboxes_live ${this.#live}`,
      ]),
      ...family(
        'drydock_sandbox_claim_seconds',
        'histogram',
        'From claim() to a sandbox that takes commands',
        this.#claims.lines('drydock_sandbox_claim_seconds'),
      ),
      ...family(
        'drydock_sandbox_command_seconds',
        'histogram',
        'From the start of a command to its outcome',
        this.#commands.lines('drydock_sandbox_command_seconds'),
      ),
      ...family(
        'drydock_sandbox_api_errors_total',
        'counter',
        'Calls to the API server that failed',
        labelled('drydock_sandbox_api_errors_total', this.#apiErrors),
      ),
      ...this.#ofPool(),
    ];
    return `${lines.join('\n')}\n`;
  }

  #ofPool(): string[] {
    if (!this.pool) return [];
    return [
      ...family(
        'drydock_sandbox_claims_total',
        'counter',
        'Claims by the way they went, and why',
        labelled('drydock_sandbox_claims_total', this.#ways),
      ),
      ...this.pool.lines(),
    ];
  }

  #heard(event: KubeEvent): void {
    if (event.type === 'call' && event.error) {
      this.#apiError(event.method, event.resource, event.error);
    } else if (event.type === 'watch' && event.what === 'lost') {
      this.#apiError('WATCH', event.resource, event.error ?? 'CONNECTION_LOST');
    } else if (event.type === 'stream' && event.what === 'closed' && event.error) {
      if (event.error !== 'CLOSED') this.#apiError('STREAM', event.resource, event.error);
    }
  }

  #apiError(verb: string, resource: string, code: string): void {
    counted(this.#apiErrors, `verb="${verb}",resource="${resource}",code="${code}"`);
  }
}
