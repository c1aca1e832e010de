import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AuditEvent, Cluster } from '../../cluster';

/** Counts the calls that clients of ours make, by the audit log of the API server, of which only what is new is read. */
export class Calls {
  #at = 0;
  /** Those of which the begin was counted. */
  readonly #watches = new Set<string>();

  /** @param counts which calls; those of the administrator, but not the looks of the cluster at its own readiness */
  constructor(
    readonly cluster: Cluster,
    readonly counts: (event: AuditEvent) => boolean = isOurs,
  ) {
    this.since();
  }

  /** How many there were since this was asked last. */
  since(): number {
    return this.eventsSince().length;
  }

  /** Which there were since then. */
  eventsSince(): AuditEvent[] {
    const file = openSync(this.cluster.layout.auditLog, 'r');
    try {
      const text = Buffer.alloc(fstatSync(file).size - this.#at);
      readSync(file, text, 0, text.length, this.#at);
      const whole = text.lastIndexOf('\n') + 1;
      this.#at += whole;
      const lines = text.subarray(0, whole).toString().split('\n');
      return lines
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as AuditEvent)
        .filter((event) => this.counts(event) && !this.#isEnd(event));
    } finally {
      closeSync(file);
    }
  }

  #isEnd({ verb, auditID }: AuditEvent): boolean {
    if (verb !== 'watch') return false;
    const isEnd = this.#watches.has(auditID);
    this.#watches.add(auditID);
    return isEnd;
  }
}

function isOurs({ user, requestURI }: AuditEvent): boolean {
  return user.username === 'drydock-admin' && !requestURI.startsWith('/readyz');
}
