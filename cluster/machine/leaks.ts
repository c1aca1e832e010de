import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EntryKind,
  entryKinds,
  networkOf,
  processIds,
  readOr,
  type Snapshot,
  statFields,
  takeSnapshot,
} from './snapshot';

/** An environment variable that a run is started with. Every process of the run inherits it or descends from one that did. */
export const RUN_MARK = 'DRYDOCK_LEAK_MARK';

/** What one kind of entry did between two snapshots. */
export interface KindChange {
  readonly before: number;
  readonly after: number;
  /** New, and demonstrably held by processes that have nothing to do with the run. */
  readonly foreign: readonly string[];
  /** New, and of the run, or held by no process: what a clean run does not have. */
  readonly left: readonly string[];
}

/** All kinds. */
export type Changes = Readonly<Record<EntryKind, KindChange>>;

function everyKind(change: (kind: EntryKind) => KindChange): Changes {
  return Object.fromEntries(entryKinds.map((kind) => [kind, change(kind)])) as Record<EntryKind, KindChange>;
}

/** Tells processes of a run from all others, by descent and not by name. */
class Descent {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly mark: string) {}

  ofRun(pid: string): boolean {
    const remembered = this.known.get(pid);
    if (remembered !== undefined) return remembered;
    // Breaks the circle should a process id be taken again while this reads.
    this.known.set(pid, false);
    const marked = readOr(`/proc/${pid}/environ`).split('\0').includes(`${RUN_MARK}=${this.mark}`);
    const parent = statFields(pid)[1];
    const answer = marked || (parent !== undefined && parent !== '0' && this.ofRun(parent));
    this.known.set(pid, answer);
    return answer;
  }
}

/** Others hold it, and the run does not. Without a holder no owner can be told. */
function isForeign(holders: readonly string[], descent: Descent): boolean {
  return holders.length > 0 && holders.every((pid) => !descent.ofRun(pid));
}

/** It has ended, and process 1 has not taken note of it yet: whose it was cannot be read any more. */
function isUncollected(pid: string): boolean {
  const [state, parent] = statFields(pid);
  return state === 'Z' && parent === '1';
}

function socketHolders(inodes: ReadonlySet<string>): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const pid of processIds()) {
    for (const descriptor of listing(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode && inodes.has(inode)) holders.set(inode, [...(holders.get(inode) ?? []), pid]);
    }
  }
  return holders;
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What a link below /proc leads to; nothing where it is gone meanwhile. */
export function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/** Every process below the topmost new folder: an empty cgroup belongs to whom the tree around it belongs. */
function cgroupHolders(folder: string, isNew: (folder: string) => boolean): string[] {
  let top = folder;
  while (isNew(path.dirname(top))) top = path.dirname(top);
  const collect = (current: string): string[] => [
    ...readOr(path.join(current, 'cgroup.procs'))
      .split('\n')
      .filter((pid) => pid !== ''),
    ...listing(current)
      .filter((name) => listing(path.join(current, name)).length > 0)
      .flatMap((name) => collect(path.join(current, name))),
  ];
  return collect(top);
}

function holdersOf(kind: EntryKind, fresh: ReadonlyMap<string, string>): (key: string) => readonly string[] {
  switch (kind) {
    case 'processes':
      return (key) => [key.split('@')[0]!].filter((pid) => !isUncollected(pid));
    case 'network namespaces':
      return (key) => processIds().filter((pid) => networkOf(pid) === key);
    case 'cgroups':
      return (key) => cgroupHolders(key, (folder) => fresh.has(folder));
    case 'sockets': {
      const holders = socketHolders(new Set([...fresh.keys()].map((key) => key.split(' ')[1]!)));
      return (key) => holders.get(key.split(' ')[1]!) ?? [];
    }
    default:
      // Mounts, interfaces and rules of the machine itself have no holder: every new one counts.
      return () => [];
  }
}

/**
 * Compares two snapshots of the whole machine. Every new entry is listed: as foreign only if living processes hold
 * it that do not descend from the marked run, else as left.
 */
export function compareSnapshots(before: Snapshot, after: Snapshot, mark: string): Changes {
  const descent = new Descent(mark);
  const change = (kind: EntryKind): KindChange => {
    const fresh = new Map([...after[kind]].filter(([key]) => !before[kind].has(key)));
    const holders = holdersOf(kind, fresh);
    const foreign: string[] = [];
    const left: string[] = [];
    for (const [key, words] of fresh) (isForeign(holders(key), descent) ? foreign : left).push(words);
    return { before: before[kind].size, after: after[kind].size, foreign, left };
  };
  return everyKind(change);
}

/** Everything that was left, in words. */
export function leftovers(changes: Changes): string[] {
  return entryKinds.flatMap((kind) => changes[kind].left);
}

/**
 * Looks until nothing is left, and at most for some seconds. What is returned as left was left in every look: the
 * kernel finishes some of its work a moment after a process is gone, and other work on the machine may be half way
 * between two entries.
 */
export async function settledChanges(before: Snapshot, mark: string): Promise<Changes> {
  const deadline = Date.now() + 20_000;
  let now = compareSnapshots(before, takeSnapshot(), mark);
  let seen = now;
  while (leftovers(now).length > 0 && Date.now() < deadline) {
    await sleep(500);
    now = compareSnapshots(before, takeSnapshot(), mark);
    const stays = (kind: EntryKind) => now[kind].left.filter((words) => seen[kind].left.includes(words));
    seen = everyKind((kind) => ({ ...now[kind], left: stays(kind) }));
  }
  return seen;
}
