import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Target } from './contenders';

/** What many GETs by one contender have come to. */
export interface Load {
  readonly callsPerSecond: number;
  /** Processor time of its process for each. */
  readonly cpuMicros: number;
  readonly opened: number;
  readonly rssMb: number;
}

export function load(name: string, target: Target, calls = 10_000): Load {
  const args = [
    '--import',
    'tsx',
    path.join(__dirname, 'load.ts'),
    name,
    JSON.stringify(target),
    String(calls),
  ];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Load;
}
