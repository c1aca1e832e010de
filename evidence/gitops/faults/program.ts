import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Planted } from '../../../test/laws/fresh-modules';

const root = path.resolve(__dirname, '../../..');

/** The controller as one file, with a fault planted into its source or without. */
export async function program(planted: Planted | undefined, folder: string): Promise<string> {
  const outfile = path.join(mkdtempSync(path.join(folder, 'program-')), 'controller.cjs');
  const changed = planted && path.join(root, planted.file);
  await build({
    entryPoints: [path.join(root, 'test/gitops/controller.ts')],
    outfile,
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' },
    define: { __dirname: JSON.stringify(path.join(root, 'sandbox/supervisor')) },
    plugins: [
      {
        name: 'planted',
        setup: (plugin) => {
          plugin.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
            if (file !== changed) return undefined;
            const contents = readFileSync(file, 'utf8').replace(planted!.from, () => planted!.to);
            return { contents, loader: 'ts' as const };
          });
        },
      },
    ],
  });
  return outfile;
}
