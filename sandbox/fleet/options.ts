import type { JsonObject } from '../../core/template';
import { isCount, isRecord } from '../../kube';
import { checkMs } from '../amounts';
import { checkGiven, checkOptions, invalid } from '../arguments';
import { SandboxError } from '../errors';
import type { ClaimOptions } from '../options';
import type { Sandbox } from '../sandbox';
import { type Journal, KeptJournal, noJournal } from './journal';
import type { MapProgress } from './outcome';
import type { FleetRecord } from './record';

/** What all calls of `map` of a program share. */
export interface FleetOptions {
  /**
   * How many sandboxes all of them take together.
   * @default - each call its own `parallel`
   */
  readonly parallel?: number;
  /**
   * The tenants, and what each has of the sandboxes beside the others: one with 2 gets twice as many as one with 1
   * while both wait. Then an item of any other tenant is `TenantUnknown`.
   * @default - every tenant has the same
   */
  readonly shares?: Readonly<Record<string, number>>;
}

/** What a run is told beside its item and sandbox. */
export interface MapContext {
  /** The place of the item, from 0. */
  readonly index: number;
  /** Aborted when the fleet is cancelled; the sandbox is closed then. */
  readonly signal: AbortSignal;
}

/** What is done with an item. What it throws is the outcome of this item, and of no other. */
export type MapRun<Item, Result, Box = Sandbox> = (
  item: Item,
  sandbox: Box,
  context: MapContext,
) => Promise<Result>;

/** How a fleet is run. */
export interface MapOptions<Item, Result = unknown, Run extends object = JsonObject> {
  /**
   * How many items have a sandbox at the same time.
   * @default 10
   */
  readonly parallel?: number;
  /**
   * What the sandbox of an item is claimed with.
   * @default - the template's defaults
   */
  readonly claim?:
    | Omit<ClaimOptions<Run>, 'signal'>
    | ((item: Item, index: number) => Omit<ClaimOptions<Run>, 'signal'>);
  /**
   * Whose item it is. Among those that wait, the next is of the tenant that has least of its share.
   * @default - all are of one
   */
  readonly tenant?: string | ((item: Item, index: number) => string);
  /**
   * With `record`: the name of this fleet. A program that is started again with it reads back the outcomes of before,
   * and starts what was not started. Letters, digits, dots, dashes.
   * @default - it cannot be started again
   */
  readonly id?: string;
  /**
   * With `id`: where outcomes are kept, such as `folderRecord('/var/lib/nightly')`. Values are kept as JSON.
   * @default - nowhere
   */
  readonly record?: FleetRecord;
  /**
   * Goes on with an item that a program before this one has begun, in the sandbox that it had, if that is still there
   * (see `orphanTtl`): anything from nothing to all of it may have been done. For fleets that one program at a time runs.
   * Without it, and where the sandbox is gone, the outcome is `unknown`: nothing is started twice.
   * @default - none
   */
  readonly resume?: MapRun<Item, Result>;
  /**
   * How long a full quota is waited for while no sandbox of this program takes any of it. As long as one does, an item waits.
   * @default 600000
   */
  readonly quotaWaitMs?: number;
  /**
   * Cancels what has not ended: it resolves with what there is.
   * @default - never
   */
  readonly signal?: AbortSignal;
  /**
   * Told at each change.
   * @default - none
   */
  readonly onProgress?: (progress: MapProgress) => void;
}

const PARALLEL = 10;
const QUOTA_WAIT_MS = 600_000;
const WHERE = 'map';

/** The options of one fleet, each with its default. */
export interface CheckedMap<Item> {
  readonly parallel: number;
  readonly quotaWaitMs: number;
  readonly claimOf: (item: Item, index: number) => ClaimOptions<object>;
  readonly tenants: readonly string[];
  readonly journal: Journal;
}

/** Refuses, before anything is made, what cannot be a fleet. */
export function checkMap<Item>(
  items: readonly Item[],
  run: unknown,
  options: Omit<MapOptions<Item, never, object>, 'resume'> & { readonly resume?: unknown },
  shares: FleetOptions['shares'],
): CheckedMap<Item> {
  const place = { where: WHERE };
  if (!Array.isArray(items)) throw invalid(place, 'items', items, 'a list');
  checkGiven(place, 'run', run, 'function');
  checkOptions(place, options, {
    id: 'text',
    record: 'object',
    resume: 'function',
    signal: 'signal',
    onProgress: 'function',
  });
  const { parallel = PARALLEL, quotaWaitMs = QUOTA_WAIT_MS, claim = {}, tenant = '' } = options;
  if (!isCount(parallel, 1)) throw invalid(place, 'parallel', parallel, 'a whole number from 1 on');
  checkMs(place, { quotaWaitMs });
  if (typeof claim !== 'function' && !isRecord(claim))
    throw invalid(place, 'claim', claim, 'an object, or a function');
  if (typeof tenant !== 'function' && typeof tenant !== 'string')
    throw invalid(place, 'tenant', tenant, 'a text, or a function');
  return {
    parallel,
    quotaWaitMs,
    claimOf: typeof claim === 'function' ? claim : () => claim,
    tenants: items.map((item, index) =>
      tenantOf(typeof tenant === 'function' ? tenant(item, index) : tenant, index, shares),
    ),
    journal: journalOf(options),
  };
}

/** Refuses shares that are none, when the program begins. */
export function checkFleets({ parallel, shares }: FleetOptions = {}): Required<FleetOptions> {
  const place = { where: 'new Sandboxes({ fleets })' };
  if (parallel !== undefined && !isCount(parallel, 1))
    throw invalid(place, 'parallel', parallel, 'a whole number from 1 on');
  if (shares !== undefined) checkGiven(place, 'shares', shares, 'object');
  if (shares !== undefined && Object.keys(shares).length === 0)
    throw invalid(
      place,
      'shares',
      shares,
      'the share of one tenant at least: with none, every item is refused',
    );
  for (const [tenant, share] of Object.entries(shares ?? {})) {
    if (typeof share === 'number' && share > 0 && Number.isFinite(share)) continue;
    throw invalid(place, `shares.${tenant}`, share, 'a number above 0');
  }
  return { parallel: parallel ?? Number.POSITIVE_INFINITY, shares: shares ?? {} };
}

function tenantOf(tenant: unknown, index: number, shares: FleetOptions['shares']): string {
  if (typeof tenant !== 'string')
    throw invalid({ where: WHERE }, `tenant of item ${index}`, tenant, 'a text');
  if (shares === undefined || Object.hasOwn(shares, tenant)) return tenant;
  throw new SandboxError('TenantUnknown', {
    where: `item ${index} of map`,
    found: tenant === '' ? 'no tenant' : `the tenant ${JSON.stringify(tenant)}`,
    expected: `one that has a share: ${Object.keys(shares).join(', ')}`,
    remedy: 'Give it one in new Sandboxes({ fleets: { shares } }), or correct its name.',
  });
}

function journalOf({ id, record }: Pick<MapOptions<never>, 'id' | 'record'>): Journal {
  const place = { where: WHERE };
  if (id === undefined && record === undefined) return noJournal;
  if (id === undefined) throw invalid(place, 'id', id, 'a name for what the record keeps');
  if (record === undefined) throw invalid(place, 'record', record, 'a record that keeps what has this id');
  for (const verb of ['keep', 'read'] as const) checkGiven(place, `record.${verb}`, record[verb], 'function');
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/.test(id))
    throw invalid(place, 'id', id, 'letters, digits, dots and dashes, at most 100');
  return new KeptJournal(id, record);
}
