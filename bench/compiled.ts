import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { rooms } from '../scripts/rooms-table';

const root = path.join(__dirname, '..');

/**
 * The package as its users load it, with the programs of one bench: one JavaScript file a source file, and the bundles.
 *
 * @param bench its folder, from the root of the repository
 * @returns the folder of the compiled files, laid out as the repository is
 */
export function compiled(bench: string): string {
  const outdir = path.join(root, 'node_modules', '.cache', `drydock-${bench.replaceAll('/', '-')}`);
  rmSync(outdir, { recursive: true, force: true });
  const shipped = rooms
    .map(({ name }) => name)
    .filter((name) => !/^(test|bench|evidence|scripts|examples|workloads)/.test(name));
  const folders = [...shipped, bench].filter((name) => existsSync(path.join(root, name)));
  const entryPoints = [...new Set(folders)].flatMap((room) =>
    (readdirSync(path.join(root, room), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => path.join(root, room, name)),
  );
  buildSync({
    entryPoints: [path.join(root, 'index.ts'), ...entryPoints],
    outdir,
    outbase: root,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  const bundler = path.join(root, 'scripts', 'bundle-deploy-commands.ts');
  execFileSync(process.execPath, ['--import', 'tsx', bundler, outdir], { cwd: root, stdio: 'inherit' });
  // What is bundled already.
  cpSync(path.join(root, 'kube', 'vendor'), path.join(outdir, 'kube', 'vendor'), { recursive: true });
  return outdir;
}
