import { shown } from '../errors';
import { isCount, isDuration } from '../kube';
import type { Again, ControllerOptions } from './controller';
import { wrongOption } from './errors';
import type { OperatorOptions } from './operator';

type Amounts = Readonly<Record<string, number | undefined>>;

const DURATION = 'milliseconds above 0, and less than 25 days';

/** Refuses what would be a wait of no time, or of none that can be waited for. Whether there is a Lease for it, `Election` asks. */
export function checkOperator({ name, port, graceMs }: OperatorOptions): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw wrongOption('Operator name', shown(name), 'at most 63 of a-z, 0-9 and dash');
  const isPort = port === undefined || port === false || (isCount(port, 0) && port < 65_536);
  if (!isPort) throw wrongOption('Operator port', shown(port), 'a port, 0 for a free one, or false');
  if (graceMs !== 0) checkMs('Operator', { graceMs });
}

type Waits = Pick<ControllerOptions<never>, 'workers' | 'resyncMs' | 'firstRetryMs' | 'longestRetryMs'>;

export function checkController({ workers, resyncMs, firstRetryMs, longestRetryMs }: Waits): void {
  if (workers !== undefined && !isCount(workers, 1))
    throw wrongOption('Operator.controller workers', shown(workers), 'a whole number from 1 on');
  checkMs('Operator.controller', { resyncMs, firstRetryMs, longestRetryMs });
}

/** What a reconcile has answered with: at once is as soon as may be. */
export function afterMsOf({ afterMs }: Again): number {
  const ms = Math.max(1, afterMs);
  if (!isDuration(ms)) throw wrongOption('the answer of a reconcile, afterMs', shown(afterMs), DURATION);
  return ms;
}

function checkMs(where: string, given: Amounts): void {
  for (const [name, ms] of Object.entries(given))
    if (ms !== undefined && !isDuration(ms)) throw wrongOption(`${where} ${name}`, shown(ms), DURATION);
}
