import type { KubeEvent, KubeHooks } from '../../kube';
import { SandboxError, type SandboxErrorCode } from '../errors';
import { Histogram } from './histogram';

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
  #live = 0;

  spawned(): void {
    this.#spawned.jobs += 1;
  }

  failed(error: unknown): void {
    this.jobFailed(error instanceof SandboxError ? error.code : 'Unknown');
  }

  jobFailed(cause: SandboxErrorCode | 'Unknown'): void {
    add(this.#failed, `cause="${cause}"`);
  }

  claimed(milliseconds: number): void {
    this.#claims.observe(milliseconds / 1000);
    this.#live += 1;
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
  hooks(callers: KubeHooks = {}): KubeHooks {
    return {
      headers: callers.headers,
      onEvent: (event) => {
        this.#heard(event);
        callers.onEvent?.(event);
      },
    };
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
    ];
    return `${lines.join('\n')}\n`;
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
    add(this.#apiErrors, `verb="${verb}",resource="${resource}",code="${code}"`);
  }
}

function add(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

function labelled(name: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([labels, count]) => `${name}{${labels}} ${count}`);
}

function family(name: string, type: string, help: string, lines: readonly string[]): string[] {
  return [`# HELP ${name} ${help}.`, `# TYPE ${name} ${type}`, ...lines];
}
