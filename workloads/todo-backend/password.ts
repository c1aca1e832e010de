import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const hash = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** 16 MiB and about a fifth of a second each. They are kept with each hash, so they can be raised. */
const COST = { N: 16_384, r: 8, p: 5 };

/** What is kept of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await hash(password.normalize('NFKC'), salt, 32, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Of nobody: compared with when there is no such user, so that both answers take the same time. */
const nobodys = hashPassword(randomBytes(16).toString('hex'));

/** Whether a password is the one that was kept. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (kept ?? (await nobodys)).split('$');
  const right = Buffer.from(key, 'base64');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const given = await hash(password.normalize('NFKC'), Buffer.from(salt, 'base64'), right.length, cost);
  return timingSafeEqual(given, right) && kept !== undefined;
}
