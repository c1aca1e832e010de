import type { PoolEvent } from '../pool/keeper';
import { counted, family, labelled } from './text';

/** What a program with a warm pool should watch beside the rest. */
export class PoolMetrics {
  readonly #retired = new Map<string, number>();
  #created = 0;

  constructor(private readonly counts: () => { readonly ready: number; readonly all: number }) {}

  heard(event: PoolEvent): void {
    if (event === 'created') this.#created += 1;
    else if (event !== 'ready') counted(this.#retired, `why="${event.retired}"`);
  }

  lines(): string[] {
    const { ready, all } = this.counts();
    return [
      ...family('drydock_sandbox_pool_members', 'gauge', 'Members of the warm pool that this program keeps', [
        `drydock_sandbox_pool_members{state="ready"} ${ready}`,
        `drydock_sandbox_pool_members{state="other"} ${all - ready}`,
      ]),
      ...family('drydock_sandbox_pool_created_total', 'counter', 'Members that were made', [
        `drydock_sandbox_pool_created_total ${this.#created}`,
      ]),
      ...family(
        'drydock_sandbox_pool_retired_total',
        'counter',
        'Members that left the pool unclaimed',
        labelled('drydock_sandbox_pool_retired_total', this.#retired),
      ),
    ];
  }
}
