import fs from 'node:fs';
import path from 'node:path';
import type { HandoverRequest } from './driver';
import type { FolderContent } from './wanted-files';

/** What one App would write. */
export interface Handover {
  readonly manifests: FolderContent;
  /** Folders of charts and secrets. */
  readonly beside: readonly FolderContent[];
  readonly charts: readonly HandedChart[];
}

/** A chart that can be installed. */
export interface HandedChart {
  readonly name: string;
  /** The Secrets that it takes by name and has no name of: their value, and the name in the example for them. */
  readonly needs: readonly { readonly value: string; readonly secret: string }[];
}

/** Leaves what an App would write for the command that runs the program, which writes it when all went well. */
export function handOver({ folder }: HandoverRequest, { manifests, beside, charts }: Handover): void {
  const number = String(fs.readdirSync(folder).length).padStart(4, '0');
  const text = JSON.stringify({ manifests: packed(manifests), beside: beside.map(packed), charts });
  fs.writeFileSync(path.join(folder, `${number}-${process.pid}.json`), text);
}

/** What the Apps of a program handed over, in the order in which they did. */
export function readHandovers(folder: string): Handover[] {
  return fs
    .readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as PackedHandover)
    .map(({ manifests, beside, charts }) => ({
      manifests: unpacked(manifests),
      beside: beside.map(unpacked),
      charts,
    }));
}

interface PackedHandover {
  readonly manifests: Packed;
  readonly beside: readonly Packed[];
  readonly charts: readonly HandedChart[];
}

/** A folder as JSON; the bytes of an archive in base64. */
interface Packed {
  readonly folder: string;
  readonly folders: readonly string[];
  readonly files: readonly (readonly [string, string | { readonly base64: string }])[];
}

function packed({ folder, folders = [], files }: FolderContent): Packed {
  const entries = [...files].map(
    ([name, content]) =>
      [name, typeof content === 'string' ? content : { base64: content.toString('base64') }] as const,
  );
  // The command may run in another folder than the program.
  return { folder: path.resolve(folder), folders, files: entries };
}

function unpacked({ folder, folders, files }: Packed): FolderContent {
  const entries = files.map(
    ([name, content]) =>
      [name, typeof content === 'string' ? content : Buffer.from(content.base64, 'base64')] as const,
  );
  return { folder, folders, files: new Map(entries) };
}
