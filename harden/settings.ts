import type { ClusterDns, WritableFolder } from '../constructs';
import { USER } from '../constructs/workload/pod';
import { PRESETS, type ResourcePreset, type Resources } from '../constructs/workload/resources';
import { isOf, type Subject } from './exceptions';
import type { HardenOptions, WorkloadAnswers } from './options';

/** What is decided for one workload: what was said of it, else what was said of all, else a guess. */
export interface Settings {
  readonly resources: Resources;
  readonly isResourcesGuess: boolean;
  readonly writable: readonly WritableFolder[];
  readonly isWritableGuess: boolean;
  /** The folders were named for this workload, so it is known to write to its root. */
  readonly isWritableNamed: boolean;
  readonly user: number;
  /** The user was named for this workload. */
  readonly isUserNamed: boolean;
  readonly dns: ClusterDns | false | undefined;
  readonly answers: Partial<WorkloadAnswers>;
}

export const GUESSED_RESOURCES: ResourcePreset = 'medium';
/** Larger than the folders of a new service: what was written for a root filesystem did not count. */
export const GUESSED_WRITABLE: readonly WritableFolder[] = [{ path: '/tmp', size: '512Mi' }];

export function settingsFor(subject: Subject, options: HardenOptions): Settings {
  const answers = merged((options.workloads ?? []).filter((one) => isOf(subject, one.of)));
  const resources = answers.resources ?? options.resources;
  const writable = answers.writable ?? options.writable;
  return {
    resources: amountsOf(resources ?? GUESSED_RESOURCES),
    isResourcesGuess: resources === undefined,
    writable: writable?.map(folderOf) ?? GUESSED_WRITABLE,
    isWritableGuess: writable === undefined,
    isWritableNamed: answers.writable !== undefined,
    user: answers.user ?? options.user ?? USER,
    isUserNamed: answers.user !== undefined,
    dns: options.dns,
    answers,
  };
}

/** What was said last of a workload wins, prop by prop: first of a construct, then of one thing in it. */
function merged(answers: readonly WorkloadAnswers[]): Partial<WorkloadAnswers> {
  const said = answers.map((one) => Object.entries(one).filter(([, given]) => given !== undefined));
  return Object.fromEntries(said.flat()) as Partial<WorkloadAnswers>;
}

function amountsOf(resources: ResourcePreset | Resources): Resources {
  return typeof resources === 'string' ? PRESETS[resources] : resources;
}

function folderOf(folder: string | WritableFolder): WritableFolder {
  return typeof folder === 'string' ? { path: folder } : folder;
}
