import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AuditEvent, Cluster } from '../../cluster';

/** Counts the calls that clients of ours make, by the audit log of the API server, of which only what is new is read. */
export class Calls {
  #at = 0;

  constructor(readonly cluster: Cluster) {
    this.since();
  }

  /** How many there were since this was asked last. */
  since(): number {
    const file = openSync(this.cluster.layout.auditLog, 'r');
    try {
      const text = Buffer.alloc(fstatSync(file).size - this.#at);
      readSync(file, text, 0, text.length, this.#at);
      const whole = text.lastIndexOf('\n') + 1;
      this.#at += whole;
      return text.subarray(0, whole).toString().split('\n').filter(isOurs).length;
    } finally {
      closeSync(file);
    }
  }
}

/** Of the administrator, but not the looks of the cluster at its own readiness. */
function isOurs(line: string): boolean {
  if (line === '') return false;
  const { user, requestURI } = JSON.parse(line) as AuditEvent;
  return user.username === 'drydock-admin' && !requestURI.startsWith('/readyz');
}
