import { ATTACK_IN_SANDBOX, type Grounds } from './grounds';

const FLOOD = 256 << 20;
/** Beside what a process has anyway, and what its collector leaves for later. */
const GROWTH_BOUND = 128 << 20;

export interface Flooded {
  readonly isBounded: boolean;
  readonly bytes: number;
  readonly growth: number;
}

/** All of a flood travels to this process, and it looks at its own memory meanwhile. */
export async function floodManager({ sandbox }: Grounds): Promise<Flooded> {
  const before = process.memoryUsage.rss();
  let [bytes, highest] = [0, before];
  await sandbox.commands.run([ATTACK_IN_SANDBOX, 'flood', `${FLOOD}`, 'zeros'], {
    maxOutputBytes: 1 << 20,
    timeoutMs: 120_000,
    onStdout: (piece) => {
      bytes += piece.length;
      highest = Math.max(highest, process.memoryUsage.rss());
    },
  });
  const growth = highest - before;
  return { isBounded: bytes === FLOOD && growth < GROWTH_BOUND, bytes, growth };
}
