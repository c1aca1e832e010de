import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What exactly is wrong with a request, and where in it. */
export interface Detail {
  readonly where: string;
  readonly expected: string;
}

/** A request that is answered with an error on purpose. What it says is for the caller: it holds no secret. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly more: {
      readonly details?: readonly Detail[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
  }

  body(): object {
    const { status, code, message, more } = this;
    return { error: { status, code, message, ...(more.details && { details: more.details }) } };
  }
}

export const notFound = (what: string) => new Problem(404, 'not_found', `There is no ${what}.`);
export const notSignedIn = () => new Problem(401, 'not_signed_in', 'Sign in first.');
export const tooMany = (seconds: number) =>
  new Problem(429, 'too_many_requests', `Too many requests: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
export const unavailable = (what: string) =>
  new Problem(503, 'unavailable', `${what} cannot be reached at the moment: try again later.`, {
    headers: { 'retry-after': '5' },
  });
