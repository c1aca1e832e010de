import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ClusterError } from '../errors';
import { buildGroup } from './build';
import type { ToolGroup } from './catalog';
import { groupOf, keyOf } from './pins';
import { type Progress, progressLines } from './progress';

/** The folder of the cache: DRYDOCK_CACHE, or `drydock` under the user's cache folder. Never in the repository. */
export function cacheDirectory(): string {
  const own = process.env.DRYDOCK_CACHE;
  if (own) return path.resolve(own);
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'drydock');
}

function readyTool(folder: string, name: string, file: string): string {
  // Both names are taken: `helm-4` (ours, tells the versions apart) and `kubectl` (what upstream calls it).
  const found = [name.replace('/', '-'), file]
    .map((candidate) => path.resolve(folder, candidate))
    .find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new ClusterError('TOOL_MISSING', {
    where: `DRYDOCK_TOOLS_DIR=${folder}`,
    found: `no file "${name}"`,
    expected: `a ready binary named "${name}"`,
    remedy: 'put it there, or unset DRYDOCK_TOOLS_DIR to have it built from the pins',
  });
}

const pending = new Map<string, Promise<string>>();

function directoryOf(group: ToolGroup, progress: Progress): Promise<string> {
  const directory = path.join(cacheDirectory(), 'tools', `${group.name}-${keyOf(group)}`);
  if (existsSync(directory)) return Promise.resolve(directory);
  const running = pending.get(directory);
  if (running) return running;
  const building = buildGroup(group, directory, progress).finally(() => pending.delete(directory));
  pending.set(directory, building);
  return building;
}

/**
 * The absolute path of a tool's binary, built from its pins first when the cache does not have it. Safe to call
 * from several processes at once.
 *
 * @example
 * const helm = await tool('helm-4');
 */
export async function tool(name: string, progress: Progress = progressLines()): Promise<string> {
  const group = groupOf(name);
  const file = group.tools[name]!.file;
  const ready = process.env.DRYDOCK_TOOLS_DIR;
  if (ready) return readyTool(ready, name, file);
  return path.join(await directoryOf(group, progress), file);
}

/**
 * Like `tool`, for many: one after the other, so that at most one heavy build runs.
 *
 * @example
 * const paths = await tools(['kubectl', 'helm-4']);
 */
export async function tools<Name extends string>(
  names: readonly Name[],
  progress: Progress = progressLines(),
): Promise<Record<Name, string>> {
  const paths = {} as Record<Name, string>;
  for (const name of names) paths[name] = await tool(name, progress);
  return paths;
}
