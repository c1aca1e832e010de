import type { Schema } from './schema';

/**
 * Keys and texts of free-form data: everything except the control characters that JSON inside YAML cannot carry.
 * U+FFFE and U+FFFF are no characters at all.
 */
export const PRINTABLE = '^[^\u007f-\u009f\ufffe\uffff]*$';

export const ANY_DATA: Schema = { $ref: '#/definitions/anything' };

/** Any data but null, which helm reads as "take the default away" in one version and keeps in another. */
export const ANYTHING: Schema = {
  type: ['string', 'number', 'boolean', 'array', 'object'],
  pattern: PRINTABLE,
  items: ANY_DATA,
  additionalProperties: ANY_DATA,
  propertyNames: { pattern: PRINTABLE },
};
