import { hash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Files that were written into a folder, with the hash of each, by the path below it. */
export type WrittenFiles = ReadonlyMap<string, string>;

/**
 * Where the record of a folder lies: beside it, so that the folder holds exactly what stock cdk8s would write there, and
 * so that nothing which reads the folder reads the record.
 */
export function recordPath(folder: string): string {
  const resolved = path.resolve(folder);
  return path.join(path.dirname(resolved), `.${path.basename(resolved)}.drydock.json`);
}

/**
 * A folder directly below the system's folder for temporary files, such as `cdk8s synth --stdout` makes, is looked at once
 * and removed. What is put beside it would stay for ever.
 */
export function isScratch(folder: string): boolean {
  return path.dirname(path.resolve(folder)) === path.resolve(os.tmpdir());
}

/** Whether an earlier synthesis wrote the folder. */
export function hasRecord(folder: string): boolean {
  return fs.existsSync(recordPath(folder));
}

/**
 * Where what is not applied goes: dist/charts beside dist/manifests, otherwise NAME-charts beside NAME. Never a folder
 * `charts` beside `dist`, where cdk8s programs keep source.
 */
export function folderBeside(manifests: string, name: 'charts' | 'secrets'): string {
  const { dir, base } = path.parse(manifests);
  return path.join(dir, base === 'manifests' ? name : `${base}-${name}`);
}

/** The record of a folder; empty where there is none that can be read, so that nothing is taken for ours. */
export function readRecord(folder: string): WrittenFiles {
  try {
    const { files } = JSON.parse(fs.readFileSync(recordPath(folder), 'utf8')) as {
      files: Record<string, string>;
    };
    return new Map(Object.entries(files).filter(([name]) => isBelow(name)));
  } catch {
    return new Map();
  }
}

/** The text of the record of these files. */
export function recordText(files: ReadonlyMap<string, string | Buffer>): string {
  const names = [...files.keys()].sort();
  const hashes = names.map((name) => [name, digest(files.get(name) as string | Buffer)]);
  return `${JSON.stringify({ about: ABOUT, files: Object.fromEntries(hashes) }, null, 1)}\n`;
}

const ABOUT =
  'What drydock wrote into the folder of this name. It removes such a file when nothing produces it any more.';

/** Whether these bytes are what was written under the name: what somebody changed is theirs. */
export function wasWritten(record: WrittenFiles, name: string, bytes: Buffer): boolean {
  return record.get(name) === digest(bytes);
}

function digest(content: string | Buffer): string {
  return hash('sha256', content);
}

/** A record is a file that anybody can write; it must not lead out of its folder. */
function isBelow(name: string): boolean {
  return !path.isAbsolute(name) && path.normalize(name) === name && !name.startsWith('..');
}
