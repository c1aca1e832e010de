import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ClusterError } from '../errors';
import { type ToolGroup, toolGroups } from './catalog';

/** Where the go.mod files are: beside this file in the repository, and at the package's root when installed. */
export const pinsDirectory: string = existsSync(path.join(__dirname, 'cni', 'go.mod'))
  ? __dirname
  : path.resolve(__dirname, '../../../cluster/tools');

/** The groups whose pins are here: the package leaves out what only this repository's own tests are made with. */
function pinnedGroups(): ToolGroup[] {
  return toolGroups.filter(({ folder }) => existsSync(path.join(pinsDirectory, folder, 'go.mod')));
}

/**
 * Programs of our own inside a pinned module, such as `helm-4/lawd`: every folder with a main.go becomes a tool
 * named `<folder>/<program>`, built apart so that editing it does not rebuild the rest of its module.
 */
function localPrograms(): ToolGroup[] {
  const folders = [...new Set(pinnedGroups().map((group) => group.folder))].filter(
    (folder) => folder !== 'own',
  );
  return folders.flatMap((folder) =>
    readdirSync(path.join(pinsDirectory, folder), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && existsSync(path.join(pinsDirectory, folder, entry.name, 'main.go')),
      )
      .map((entry) => ({
        folder,
        name: `${folder}-${entry.name}`,
        tools: { [`${folder}/${entry.name}`]: { pkg: `./${entry.name}`, file: entry.name } },
      })),
  );
}

let known: readonly ToolGroup[] | undefined;

/** The catalog and our own programs found in its folders. */
export function allGroups(): readonly ToolGroup[] {
  known ??= [...pinnedGroups(), ...localPrograms()];
  return known;
}

/** The group that builds a tool; throws TOOL_UNKNOWN with the list of names. */
export function groupOf(tool: string): ToolGroup {
  const group = allGroups().find((candidate) => tool in candidate.tools);
  if (group) return group;
  const names = allGroups().flatMap((candidate) => Object.keys(candidate.tools));
  throw new ClusterError('TOOL_UNKNOWN', {
    where: `tool "${tool}"`,
    found: 'a name that nothing builds',
    expected: `one of ${names.join(', ')}`,
    remedy: 'use one of these names, or pin the tool under cluster/tools/',
  });
}

function goSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.go'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Modules of ours that lie beside a folder and are shared by several of them. */
function siblingModules(folder: string): string[] {
  const pins = readFileSync(path.join(folder, 'go.mod'), 'utf8');
  return [...pins.matchAll(/=> (\.\.\/\S+)/g)].map((match) => path.join(folder, match[1]!));
}

function localSources(group: ToolGroup, folder: string): string[] {
  const packages = Object.values(group.tools).filter((tool) => tool.pkg.startsWith('./'));
  if (packages.length === 0) return [];
  return [...packages.map((tool) => path.join(folder, tool.pkg)), ...siblingModules(folder)].flatMap(
    goSources,
  );
}

let goVersion: string | undefined;

/** The Go toolchain's version; throws NO_GO when there is none. */
export function installedGo(): string {
  try {
    goVersion ??= execFileSync('go', ['env', 'GOVERSION'], { cwd: pinsDirectory, encoding: 'utf8' }).trim();
    return goVersion;
  } catch (cause) {
    throw new ClusterError(
      'NO_GO',
      {
        where: 'building the cluster tools',
        found: 'no working `go` command in PATH',
        expected: 'Go 1.26 or newer',
        remedy:
          'install Go from https://go.dev/dl, or point DRYDOCK_TOOLS_DIR at a folder with ready binaries',
      },
      { cause },
    );
  }
}

const keys = new Map<ToolGroup, string>();

/** Changes with everything that changes the binaries: pins, sums, sources, flags, the Go version. */
export function keyOf(group: ToolGroup): string {
  const remembered = keys.get(group);
  if (remembered) return remembered;
  const folder = path.join(pinsDirectory, group.folder);
  const hash = createHash('sha256');
  const local = localSources(group, folder);
  for (const file of [path.join(folder, 'go.mod'), path.join(folder, 'go.sum'), ...local]) {
    hash
      .update(`${path.relative(folder, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  hash.update(JSON.stringify([group.tools, group.stamps, group.tags, group.cgo]));
  hash.update(`${installedGo()} ${process.arch}`);
  const key = hash.digest('hex').slice(0, 16);
  keys.set(group, key);
  return key;
}
