import { randomBytes } from 'node:crypto';

/** 80 bits: a name that nothing else has, so that an answer that got lost can be asked after. */
export function randomName(prefix: string): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return `${prefix}-${[...randomBytes(16)].map((byte) => letters[byte % 32]).join('')}`;
}
