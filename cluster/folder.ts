import { existsSync, mkdirSync } from 'node:fs';

/**
 * Makes a folder inside of a cluster's, unless it is there. Never those above it: a cluster that was removed meanwhile
 * must not come back as a folder without a holder.
 */
export function makeFolder(folder: string): string {
  if (!existsSync(folder)) mkdirSync(folder);
  return folder;
}
