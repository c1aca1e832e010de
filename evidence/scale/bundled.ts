import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

const repository = path.join(__dirname, '../..');

/**
 * The manager as one program of JavaScript, as an application has it: what a loader of TypeScript takes, and the names
 * that it puts on every function, are no memory of the runtime.
 */
export function bundledManager(folder: string): { readonly file: string; readonly env: NodeJS.ProcessEnv } {
  const file = path.join(folder, 'manager.js');
  const entryPoints = [path.join(__dirname, 'manager.ts')];
  buildSync({ entryPoints, outfile: file, bundle: true, platform: 'node', packages: 'external' });
  // Beside what it is now, it looks for the supervisor.
  symlinkSync(path.join(repository, 'sandbox/supervisor/bin'), path.join(folder, 'bin'));
  return { file, env: { ...process.env, NODE_PATH: path.join(repository, 'node_modules') } };
}
