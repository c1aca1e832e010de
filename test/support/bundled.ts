import path from 'node:path';
import { buildSync } from 'esbuild';

const root = path.resolve(__dirname, '../..');

/**
 * A program of this repository as one file, which starts in a moment: a test that starts many would wait for the
 * compiler most of its time.
 */
export function bundled(entry: string, folder: string): string {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.cjs`);
  buildSync({
    entryPoints: [path.join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    // The oldest that the library runs on: what that one does not read is written so that it does.
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
    // The one file that looks beside itself is sandbox/supervisor/program.ts.
    define: { __dirname: JSON.stringify(path.join(root, 'sandbox/supervisor')) },
  });
  return outfile;
}
