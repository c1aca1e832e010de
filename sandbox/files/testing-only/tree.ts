import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalSupervisor, localSupervisor } from '../../supervisor/testing-only/local-supervisor';
import { SupervisedFiles } from '../files';

/** The bytes of a path below a folder; Latin-1, so that names of any bytes are told apart. */
export function below(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
}

/**
 * Everything below a folder by the bytes of its path as Latin-1: what it is, its mode, and the hash of its content or what
 * a link says. `mode` is applied to each mode before it is written down.
 */
export function treeOf(
  folder: string,
  mode: (mode: number, kind: 'file' | 'folder') => number = (given) => given,
): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (inside: string) => {
    const at = inside === '' ? Buffer.from(folder) : below(folder, inside);
    for (const bytes of fs.readdirSync(at, { encoding: 'buffer' }).sort(Buffer.compare)) {
      const name = `${inside === '' ? '' : `${inside}/`}${bytes.toString('latin1')}`;
      const place = below(folder, name);
      const stat = fs.lstatSync(place);
      const octal = (kind: 'file' | 'folder') => mode(stat.mode & 0o777, kind).toString(8);
      if (stat.isSymbolicLink()) {
        found[name] = `link ${fs.readlinkSync(place, { encoding: 'buffer' }).toString('latin1')}`;
      } else if (stat.isDirectory()) {
        found[name] = `folder ${octal('folder')}`;
        walk(name);
      } else if (stat.isFile()) {
        const sum = createHash('sha256').update(fs.readFileSync(place)).digest('hex');
        found[name] = `file ${octal('file')} ${stat.size} ${sum}`;
      } else found[name] = 'other';
    }
  };
  walk('');
  return found;
}

/** What a download makes of modes: nobody else may write, and we may always. */
export const asDownloaded = (mode: number, kind: 'file' | 'folder') =>
  (mode & 0o755) | (kind === 'folder' ? 0o700 : 0o600);

/** A sandbox that is a folder of this machine with the real supervisor in it, and a folder beside it. */
export interface TwoPlaces {
  readonly there: string;
  readonly here: string;
  readonly local: LocalSupervisor;
  readonly files: SupervisedFiles;
  /** Fails when the sandbox would have been given up. */
  remove(): Promise<void>;
}

export async function twoPlaces(): Promise<TwoPlaces> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-places-'));
  const [there, here] = ['there', 'here'].map((name) => path.join(root, name)) as [string, string];
  for (const folder of [there, here]) fs.mkdirSync(folder);
  const local = await localSupervisor(there);
  return {
    there,
    here,
    local,
    files: new SupervisedFiles(local.supervisor),
    remove: async () => {
      await local.supervisor.close();
      fs.rmSync(root, { recursive: true, force: true });
      expect(local.host.destroyed).toEqual([]);
    },
  };
}
