import fs from 'node:fs';
import path from 'node:path';

/** The files below a folder by their path from it, sorted; none where there is no folder. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .sort();
}
