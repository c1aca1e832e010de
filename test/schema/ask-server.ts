import type { Cluster } from '../../cluster';
import { objectFaults } from '../../core/schema';
import type { JsonObject } from '../../core/template';
import { kinds } from '../../imports/kinds';

export interface Verdicts<T> {
  readonly of: T;
  /** What our validator says, one line; empty where it accepts. */
  readonly ours: string;
  readonly status: number;
  /** What the server says; empty where it accepts. */
  readonly server: string;
}

/** How many requests are under way at once. */
const AT_ONCE = 16;

/** Holds our verdict of each object beside that of a strict dry-run. */
export async function verdicts<T extends { readonly object: JsonObject }>(
  cluster: Cluster,
  cases: readonly T[],
): Promise<Verdicts<T>[]> {
  const results: Verdicts<T>[] = new Array(cases.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < cases.length; index = next++) {
      const one = cases[index] as T;
      const { status, body } = await cluster.api.send('POST', address(one.object), { body: one.object });
      const ours = objectFaults(one.object)
        .map(({ field, found, expected }) => `${field}: found ${found}; expected ${expected}`)
        .join(' | ');
      results[index] = { of: one, ours, status, server: status < 300 ? '' : messageOf(body) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function address({ apiVersion, kind }: JsonObject): string {
  const info = kinds[String(apiVersion)]?.[String(kind)];
  const root = String(apiVersion).includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = info?.namespaced ? '/namespaces/default' : '';
  return `${root}${inside}/${info?.plural}?dryRun=All&fieldValidation=Strict`;
}

function messageOf(body: unknown): string {
  return String((body as { readonly message?: string } | null)?.message ?? body);
}

/** The server refuses the object itself; what it forbids for other reasons is no matter of the object's form. */
export function isRefused({ status }: { readonly status: number }): boolean {
  return status === 400 || status === 422;
}
