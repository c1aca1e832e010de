import { createLog, type Log } from './log';
import { SettingsError } from './settings';

/** What a program holds while it runs. */
export interface Running {
  close(): Promise<void>;
}

/**
 * Runs a program until it is told to end. A fault in its settings, or a port that is taken, is one line of the log and exit
 * code 1; SIGTERM and SIGINT end it in order, with 0.
 */
export async function runProgram(name: string, start: () => Promise<Running>): Promise<void> {
  const log = createLog({ program: name });
  let running: Running | undefined;
  try {
    running = await start();
  } catch (error) {
    sayWhy(log, error);
    process.exitCode = 1;
    return;
  }
  const end = (signal: string) => {
    log.info('ending', { signal });
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('it did not end in order', { error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end).once('SIGINT', end);
}

/** Says why a program did not start, without the stack where the fault is the operator's. */
export function sayWhy(log: Log, error: unknown): void {
  if (error instanceof SettingsError) {
    for (const fault of error.message.split('\n')) log.error(fault);
  } else {
    log.error('it did not start', { error });
  }
}
