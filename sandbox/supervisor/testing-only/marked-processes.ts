import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** A variable for the environment of a command, by which everything that comes of it can be found. */
export function mark(): { readonly DRYDOCK_MARK: string } {
  return { DRYDOCK_MARK: randomBytes(8).toString('hex') };
}

/** The processes of this machine that live and have the mark. */
export function livingWith({ DRYDOCK_MARK }: { readonly DRYDOCK_MARK: string }): number[] {
  return livingWhere((folder) =>
    readFileSync(`${folder}/environ`, 'latin1').includes(`DRYDOCK_MARK=${DRYDOCK_MARK}`),
  );
}

/** The processes of this machine of which something holds, asked with their folder below /proc. */
export function livingWhere(holds: (folder: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return holds(`/proc/${pid}`);
      } catch {
        // It ended meanwhile, or is dead and has no memory any more.
        return false;
      }
    })
    .map(Number);
}
