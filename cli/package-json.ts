import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the command reads of its own package. */
export interface PackageJson {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** The package's own package.json: one folder up from the source, two from the compiled file. */
export function packageJson(): PackageJson {
  let folder = __dirname;
  for (;;) {
    folder = dirname(folder);
    try {
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === dirname(folder)) {
        throw error;
      }
    }
  }
}
