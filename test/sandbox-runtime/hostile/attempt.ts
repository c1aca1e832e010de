import type { Grounds } from './grounds';

/** What became of an attempt. */
export interface Observed {
  readonly worked: boolean;
  /** What the attacker got, or how it was refused. */
  readonly got: string;
}

/** One thing that hostile code tries, in a sandbox and where nothing stands in its way. */
export interface Attempt {
  readonly kind: 'privilege' | 'network' | 'resources' | 'client';
  readonly name: string;
  /** What it means that it fails. */
  readonly meaning: string;
  inSandbox(grounds: Grounds): Promise<Observed>;
  /** The same against an open pod, twice the bound, or a naive reader: it has to work there. */
  inControl(grounds: Grounds): Promise<Observed>;
}

/** What a run of the attack program says: 0 it worked, 1 it was refused. Any other end is an accident of the test. */
export function observed(code: number | undefined, output: string): Observed {
  const got = output.trim();
  if (code !== 0 && code !== 1) throw new Error(`the attack neither worked nor was refused: ${code}, ${got}`);
  return { worked: code === 0, got };
}
