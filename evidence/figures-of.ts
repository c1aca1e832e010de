import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a real test measured: it is run for that, unless the command names a file that a run of it has written before
 * (DRYDOCK_FIGURES).
 */
export function figuresOf<Figures>(test: string, env: Readonly<Record<string, string>> = {}): Figures {
  const given = process.argv[2];
  if (given !== undefined) return JSON.parse(readFileSync(given, 'utf8')) as Figures;
  return newFiguresOf(test, env);
}

/** The same by a run of now. A test that fails gives no figures. */
export function newFiguresOf<Figures>(test: string, env: Readonly<Record<string, string>> = {}): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-figures-'));
  try {
    const file = join(folder, 'figures.json');
    const { status } = spawnSync('npx', ['jest', '--selectProjects', 'real', '--ci', test], {
      cwd: join(__dirname, '..'),
      stdio: 'inherit',
      env: { ...process.env, ...env, DRYDOCK_FIGURES: file },
    });
    if (status !== 0) throw new Error(`${test} failed: nothing is written`);
    return JSON.parse(readFileSync(file, 'utf8')) as Figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
