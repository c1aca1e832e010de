import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The program that tries things, compiled for this machine: static, so that it runs in any image. */
export function buildAttackProgram(): Buffer {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-attack-'));
  try {
    const program = path.join(folder, 'attack');
    execFileSync('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', program, '.'], {
      cwd: path.join(__dirname, 'program'),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
      stdio: 'inherit',
    });
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
