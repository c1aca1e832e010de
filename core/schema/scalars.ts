import { quantityOf } from './quantity';

/** What a scalar of the API server takes, and how that is said. */
export interface ScalarType {
  readonly matches: (value: unknown) => boolean;
  readonly expected: string;
}

const isInteger = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isInt32 = (value: unknown) => isInteger(value, -(2 ** 31), 2 ** 31 - 1);

const INSTANT = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}';
const ZONE = '(Z|[+-]\\d{2}:\\d{2})';
const TIME = new RegExp(`^${INSTANT}([.,]\\d+)?${ZONE}$`);
const MICRO_TIME = new RegExp(`^${INSTANT}[.,]\\d{6}${ZONE}$`);

/** The scalars of imports/schema.ts by their names there. */
export const scalarTypes: Readonly<Record<string, ScalarType>> = {
  string: {
    matches: (value) => typeof value === 'string',
    expected: 'a text (write numbers and words such as yes in quotes)',
  },
  bytes: { matches: isBase64, expected: 'base64' },
  boolean: { matches: (value) => typeof value === 'boolean', expected: 'true or false' },
  int32: { matches: isInt32, expected: 'a whole number' },
  int64: { matches: (value) => isInteger(value, -(2 ** 63), 2 ** 63), expected: 'a whole number' },
  double: { matches: (value) => typeof value === 'number', expected: 'a number' },
  intOrString: {
    matches: (value) => typeof value === 'string' || isInt32(value),
    expected: 'a whole number or a text',
  },
  quantity: {
    matches: (value) =>
      (typeof value === 'string' || typeof value === 'number') && quantityOf(value) !== undefined,
    expected: 'a quantity, such as 500m, 2, 128Mi or 10Gi',
  },
  time: {
    matches: (value) => typeof value === 'string' && TIME.test(value),
    expected: 'a time such as 2024-01-31T12:00:00Z',
  },
  microTime: {
    matches: (value) => typeof value === 'string' && MICRO_TIME.test(value),
    expected: 'a time such as 2024-01-31T12:00:00.000000Z',
  },
};

// Line breaks are allowed anywhere, so that a YAML block scalar passes as it does on the server.
function isBase64(value: unknown): boolean {
  // Go reads a list of numbers as bytes too.
  if (Array.isArray(value)) return value.every((one) => one === null || isInteger(one, 0, 255));
  if (typeof value !== 'string') return false;
  const text = value.replace(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
