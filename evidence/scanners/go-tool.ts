import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../../cluster/tools/tool';

/** A program of a Go module, built from the source of one version. */
export interface GoTool {
  readonly module: string;
  readonly version: string;
  /** The package of the program, below the module. */
  readonly pkg: string;
  readonly file: string;
  /** Variables that the linker sets, such as the version that the program reports. */
  readonly stamps?: Readonly<Record<string, string>>;
}

/**
 * The path of the program in the cache outside the repository; builds it first if needed. `go install` refuses modules
 * whose go.mod replaces others, so the source is downloaded and built as a main module of its own.
 */
export function goTool(tool: GoTool): string {
  const folder = folderOf(tool);
  if (!existsSync(path.join(folder, tool.file))) build(tool, folder);
  return path.join(folder, tool.file);
}

/** The source that the program was built from. */
export function sourceOf(tool: GoTool): string {
  return path.join(folderOf(tool), 'source');
}

function folderOf({ file, version }: GoTool): string {
  return path.join(cacheDirectory(), 'scanners', `${file}-${version}`);
}

function build({ module, version, pkg, file, stamps = {} }: GoTool, folder: string): void {
  const building = `${folder}.building`;
  const source = path.join(building, 'source');
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  const downloaded = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: building,
    encoding: 'utf8',
  });
  const { Dir } = JSON.parse(downloaded) as { readonly Dir: string };
  cpSync(Dir, source, { recursive: true });
  // Files of the module cache are read-only.
  execFileSync('chmod', ['-R', 'u+w', source]);
  const flags = ['-s', '-w', ...Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`)];
  const output = path.join(building, file);
  execFileSync(
    'go',
    ['build', '-trimpath', '-buildvcs=false', `-ldflags=${flags.join(' ')}`, '-o', output, pkg],
    {
      cwd: source,
      stdio: 'inherit',
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
    },
  );
  renameSync(building, folder);
}
