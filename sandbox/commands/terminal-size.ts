import { checkGiven, invalid, type Place } from '../arguments';

/** How large a terminal is, in characters. */
export interface TerminalSize {
  /** From 1 to 65535. */
  readonly columns: number;
  /** From 1 to 65535. */
  readonly rows: number;
}

/** A kernel keeps each of the two in sixteen bits; a terminal without a cell makes programs divide by zero. */
const MOST = 65_535;

export function checkTerminalSize(place: Place, name: string, size: unknown): TerminalSize {
  checkGiven(place, name, size, 'object');
  const { columns, rows } = size as Readonly<Record<string, unknown>>;
  return {
    columns: checked(place, `${name}.columns`, columns),
    rows: checked(place, `${name}.rows`, rows),
  };
}

function checked(place: Place, name: string, count: unknown): number {
  if (Number.isInteger(count) && (count as number) >= 1 && (count as number) <= MOST) return count as number;
  throw invalid(place, name, count, `a whole number from 1 to ${MOST}`);
}
