import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where a fleet keeps what has begun and how it ended, so that a program that was killed can be started again: texts
 * under names, each written once. Several programs may write to it at the same time.
 */
export interface FleetRecord {
  /**
   * Keeps the text under this name for ever, unless there is one. Resolves with the text that is kept, once a crash
   * cannot lose it.
   */
  keep(name: string, text: string): Promise<string>;
  /** `undefined` where nothing is kept. */
  read(name: string): Promise<string | undefined>;
}

/**
 * A record in a folder of this machine, a file each. The folder is made where it is not there, for this user alone.
 *
 * @example
 * const record = folderRecord('/var/lib/nightly');
 * const tasks = ['unit', 'lint'];
 * await sandboxes.map(tasks, (task, { commands }) => commands.run(['make', task]), { id: 'nightly', record });
 */
export function folderRecord(folder: string): FleetRecord {
  const read = async (name: string): Promise<string | undefined> => {
    try {
      return await readFile(join(folder, name), 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  };
  return {
    read,
    keep: async (name, text) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
      try {
        await writeSurely(draft, text);
        // A name that is there is not written over: of two programs one is the first.
        await link(draft, join(folder, name));
        await syncFolder(folder);
        return text;
      } catch (error) {
        const kept = hasCode(error, 'EEXIST') ? await read(name) : undefined;
        if (kept === undefined) throw error;
        return kept;
      } finally {
        await unlink(draft).catch(() => {});
      }
    },
  };
}

async function writeSurely(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}
