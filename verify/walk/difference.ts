import type { Stored } from '../../kube';
import type { Live } from '../state';

export interface Difference {
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** What an object says, apart from its name and what the cluster makes of it. Contents of Secrets are never looked at. */
const SAID = ['spec', 'rules', 'subjects', 'roleRef', 'data', 'webhooks'];

/** How two objects are held against each other. */
interface How {
  /** An autoscaler says how many pods there are. */
  readonly isScaled: boolean;
  /** What the cluster has beside what is meant changes what it means: a peer of a policy with one label more is another. */
  readonly isStrict: boolean;
}

/** The first field that is meant and is another one in the cluster. Fields that are only in the cluster are its own. */
export function firstDifference(meant: Live, live: Stored<Live>, isScaled: boolean): Difference | undefined {
  if (meant.kind === 'Secret') return undefined;
  const how = { isScaled, isStrict: meant.kind === 'NetworkPolicy' };
  return first(SAID.map((field) => differ(meant[field], live[field], field, how)));
}

function differ(meant: unknown, live: unknown, field: string, how: How): Difference | undefined {
  if (Array.isArray(meant)) return differInList(meant, Array.isArray(live) ? live : [], field, how);
  if (isNothing(meant) && !(isSelector(field) && meant !== undefined && !isNothing(live))) return undefined;
  if (how.isScaled && field === 'spec.replicas') return undefined;
  if (typeof meant === 'object') return differInMap(meant as object, live, field, how);
  if (isSame(meant, live)) return undefined;
  return {
    field,
    found: JSON.stringify(live) ?? 'nothing',
    expected: JSON.stringify(meant),
  };
}

/** An empty list is one of no entry: a policy that lets nobody in. */
function differInList(
  meant: readonly unknown[],
  live: readonly unknown[],
  field: string,
  how: How,
): Difference | undefined {
  if (meant.length !== live.length)
    return { field, found: `${live.length} entries`, expected: `${meant.length} entries` };
  return first(meant.map((one, index) => differ(one, live[index], `${field}[${index}]`, how)));
}

/** What the server writes into policies by itself. */
const DEFAULTED = ['protocol', 'policyTypes'];

function differInMap(meant: object, live: unknown, field: string, how: How): Difference | undefined {
  const there = (typeof live === 'object' && live !== null ? live : {}) as Record<string, unknown>;
  const isClosed = how.isStrict || isSelector(field);
  const more = Object.keys(there).find(
    (key) => isClosed && !Object.hasOwn(meant, key) && !DEFAULTED.includes(key) && !isNothing(there[key]),
  );
  if (more !== undefined)
    return { field: `${field}.${more}`, found: JSON.stringify(there[more]), expected: 'nothing' };
  return first(Object.entries(meant).map(([key, one]) => differ(one, there[key], `${field}.${key}`, how)));
}

/** An empty selector selects everything, so it says a lot. */
function isSelector(field: string): boolean {
  return /[sS]elector$/.test(field) && !field.endsWith('nodeSelector');
}

function first(differences: readonly (Difference | undefined)[]): Difference | undefined {
  return differences.find((one) => one !== undefined);
}

/** The server leaves out what is empty, and what is 0 or false where that is the default. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isSame(meant: unknown, live: unknown): boolean {
  if (meant === live || String(meant) === String(live)) return true;
  const [one, other] = [quantityOf(meant), quantityOf(live)];
  return one !== undefined && one === other;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The server writes quantities its own way: 1000m is 1. */
function quantityOf(value: unknown): number | undefined {
  const [, digits, unit = ''] = /^([0-9.]+)(m|[kMGT]|[KMGT]i)?$/.exec(String(value)) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (UNITS[unit] as number) * 1e3);
}
