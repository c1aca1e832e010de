/** One measured program, in a process of its own: `node one.js JOB`, JOB being JSON. Prints what it measured as JSON. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { App as StockApp } from 'cdk8s';
import { App } from '../../index';
import { chain, type Shape, services } from './programs';

export interface Job {
  readonly program: Shape | 'chain';
  /** Objects of the program; for a chain, its charts of 20 objects. */
  readonly size: number;
  /** Objects of a program that each side synthesizes first, so that both find the shared code compiled. @default none */
  readonly warmUp?: number;
  /** How often, one after the other, in this process. */
  readonly sides: readonly ('ours' | 'stock')[];
  readonly folder: string;
}

export interface Measured {
  readonly synth: readonly { readonly ms: number; readonly cpuMs: number }[];
  readonly peakMb: number;
}

function run({ program, size, warmUp, sides, folder }: Job): Measured {
  if (warmUp) for (const side of sides) synthesize(side, program, warmUp, folder);
  const synth = sides.map((side) => synthesize(side, program, size, folder));
  return { synth, peakMb: process.resourceUsage().maxRSS / 1024 };
}

function synthesize(side: 'ours' | 'stock', program: Job['program'], size: number, folder: string) {
  const outdir = path.join(folder, side, 'manifests');
  rmSync(path.join(folder, side), { recursive: true, force: true });
  const app = side === 'stock' ? new StockApp({ outdir }) : new App({ outdir });
  if (program === 'chain') chain(app, size, 20);
  else services(app, program, size);
  const [started, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  app.synth();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: Number(process.hrtime.bigint() - started) / 1e6, cpuMs: (user + system) / 1000 };
}

console.log(JSON.stringify(run(JSON.parse(process.argv[2] as string) as Job)));
