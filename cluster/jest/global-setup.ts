import { RUN_VARIABLE } from '../shared';

/** jest `globalSetup`: names the run, so that all workers share one cluster. Starts nothing by itself. */
export default async function globalSetup(): Promise<void> {
  process.env[RUN_VARIABLE] = String(process.pid);
}
