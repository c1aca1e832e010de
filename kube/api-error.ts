import { KubeError, type KubeErrorCode } from './errors';

/** One refused field of an object, as the server words it. */
export interface FieldCause {
  /** Such as `spec.template.spec.containers[0].image`; empty when the cause is not about a field. */
  readonly field: string;
  /** Such as `FieldValueRequired`. */
  readonly reason: string;
  readonly message: string;
}

/** The server's `Status` object, as far as it is read here. */
export interface ApiStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: ReadonlyArray<{
      readonly field?: string;
      readonly reason?: string;
      readonly message?: string;
    }>;
  };
}

/**
 * The server answered, and refused.
 *
 * @example
 * const isQuota = (error: unknown) => error instanceof ApiError && error.found.includes('exceeded quota');
 * console.log(isQuota(new Error()));
 */
export class ApiError extends KubeError {
  override readonly name = 'ApiError';
  /** The server's own word, such as `NotFound`; empty when it sent none. */
  readonly reason: string;
  readonly causes: readonly FieldCause[];
  /** How long the server asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;

  constructor(
    where: string,
    readonly statusCode: number,
    status: ApiStatus,
    options: { readonly retryAfterMs?: number; readonly note?: string; readonly remedy?: string } = {},
  ) {
    const kind = kindOf(statusCode, status);
    const note = options.note ? ` (${options.note})` : '';
    super(
      kind.code,
      {
        where,
        found:
          `${statusCode} ${status.reason ?? ''}`.trim() + `: ${short(status.message ?? 'no message')}${note}`,
        expected: kind.expected,
        remedy: options.remedy ?? kind.remedy,
      },
      // A 5xx says that something broke, not that nothing was done; but for the one that is about the object.
      { effect: statusCode >= 500 && kind.code !== 'INVALID' ? 'unknown' : 'none' },
    );
    this.reason = status.reason ?? '';
    this.causes = (status.details?.causes ?? []).map((cause) => ({
      field: cause.field ?? '',
      reason: cause.reason ?? '',
      message: cause.message ?? '',
    }));
    const seconds = status.details?.retryAfterSeconds;
    this.retryAfterMs = options.retryAfterMs ?? (seconds ? seconds * 1000 : undefined);
  }
}

interface Kind {
  readonly code: KubeErrorCode;
  readonly expected: string;
  readonly remedy: string;
}

const TOO_LONG: Kind = {
  code: 'BAD_REQUEST',
  expected: 'an address of some thousand characters',
  remedy: 'shorten names, selectors and parameters',
};

const kinds: Readonly<Record<number, Kind>> = {
  400: {
    code: 'BAD_REQUEST',
    expected: 'a request that the server understands',
    remedy: 'correct the field or parameter that the server names',
  },
  401: {
    code: 'UNAUTHENTICATED',
    expected: 'credentials that the server knows',
    remedy: 'renew the token or client certificate of this context',
  },
  403: {
    code: 'FORBIDDEN',
    expected: 'permission for this call',
    remedy: 'grant it with a Role and RoleBinding, or change what an admission policy or quota refused',
  },
  404: {
    code: 'NOT_FOUND',
    expected: 'an object or kind of that name',
    remedy: 'check the name and the namespace, and that its CRD is installed',
  },
  409: {
    code: 'CONFLICT',
    expected: 'the object as it was when you read it',
    remedy: 'read it again and repeat your change, or force the fields if you mean to own them',
  },
  410: {
    code: 'GONE',
    expected: 'a resourceVersion or continue token that the server still has',
    remedy: 'list again from the start',
  },
  413: {
    code: 'BAD_REQUEST',
    expected: 'an object of at most about 3 MB',
    remedy: 'make the object smaller',
  },
  414: TOO_LONG,
  415: {
    code: 'BAD_REQUEST',
    expected: 'a patch type that this resource takes',
    remedy: 'custom resources take merge, json and apply patches, not strategic ones',
  },
  422: {
    code: 'INVALID',
    expected: 'an object that passes validation',
    remedy: 'correct the fields listed in `causes`',
  },
  429: {
    code: 'TOO_MANY_REQUESTS',
    expected: 'room for one more request',
    remedy: 'wait for retryAfterMs; an eviction waits for its disruption budget',
  },
  431: TOO_LONG,
};

/** What an apply gets for a field that the kind does not have; the server calls it an error of its own, with 500. */
const NOT_IN_SCHEMA = /^failed to create typed patch object/;

function kindOf(statusCode: number, { reason = '', message = '' }: ApiStatus): Kind {
  if (reason === 'AlreadyExists') {
    return {
      code: 'ALREADY_EXISTS',
      expected: 'no object of that name yet',
      remedy: 'choose another name, use generateName, or apply instead of create',
    };
  }
  if (reason === 'Expired' || reason === 'Gone') return kinds[410]!;
  const known = kinds[statusCode];
  if (known) return known;
  if (NOT_IN_SCHEMA.test(message)) {
    return {
      code: 'INVALID',
      expected: 'fields that the kind has, each of its type',
      remedy: 'correct the fields that the server names',
    };
  }
  if (statusCode >= 500) {
    return {
      code: 'SERVER_ERROR',
      expected: 'a healthy API server',
      remedy: 'read the object before you repeat a change; look at the server and its webhooks',
    };
  }
  return { code: 'API_ERROR', expected: 'success', remedy: "read the server's message" };
}

/** What a server, proxy or webhook says ends in logs, so it is cut and cannot drive a terminal. */
export function short(text: string, limit = 2000): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const plain = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ').trim();
  return plain.length > limit ? `${plain.slice(0, limit)}... (${plain.length} characters)` : plain;
}

/** Reads an error body, which is a Status from the API server but can be anything from a proxy on the way. */
export function statusFromBody(body: Buffer): ApiStatus {
  const text = body.toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed) && parsed.kind === 'Status') return statusFrom(parsed);
  } catch {
    // Not JSON, or cut: the text itself is the message.
  }
  return { message: text };
}

/** A Status of anybody, of which only what has the right type is taken: an error must not fail on what it tells. */
export function statusFrom(given: Readonly<Record<string, unknown>>): ApiStatus {
  const { details } = given;
  const causes = isRecord(details) && Array.isArray(details.causes) ? details.causes.filter(isRecord) : [];
  return {
    status: asText(given.status),
    message: asText(given.message),
    reason: asText(given.reason),
    code: asNumber(given.code),
    details: {
      retryAfterSeconds: isRecord(details) ? asNumber(details.retryAfterSeconds) : undefined,
      causes: causes.map(({ field, reason, message }) => ({
        field: asText(field),
        reason: asText(reason),
        message: asText(message),
      })),
    },
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Retry-After is seconds or a date. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
