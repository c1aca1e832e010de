/** What something in a sandbox is; `other` is a pipe, a socket or a device. */
export type FileKind = 'file' | 'folder' | 'link' | 'other';

/** What the sandbox says about something in it. */
export interface FileEntry {
  /** Its name; bytes that are no UTF-8 are shown as U+FFFD. */
  readonly name: string;
  /** Its name as bytes, where it is no UTF-8: what `read` and `remove` then take, after the folder. */
  readonly nameBytes: Uint8Array | undefined;
  readonly kind: FileKind;
  /** In bytes, for a file. */
  readonly size: number;
  /** The lowest nine bits, such as 0o644. */
  readonly mode: number;
  readonly modifiedAt: Date;
  /** What a link says; it is not followed. Bytes that are no UTF-8 are shown as U+FFFD. */
  readonly target: string | undefined;
  /** What a link says as bytes, where it is no UTF-8. */
  readonly targetBytes: Uint8Array | undefined;
}

/** How many bytes, entries, levels and bytes of a path are taken from a sandbox at most. */
export interface FileLimits {
  /** @default 1073741824 */
  readonly maxBytes: number;
  /** @default 100000 */
  readonly maxEntries: number;
  /** @default 64 */
  readonly maxDepth: number;
  /** @default 4096 */
  readonly maxPathBytes: number;
}

/**
 * What is taken at most, where a call says nothing else.
 *
 * @example
 * await sandbox.files.download('src', 'from-the-sandbox', {
 *   limits: { ...FILE_LIMITS, maxBytes: 10_000_000 },
 * });
 */
export const FILE_LIMITS: FileLimits = {
  maxBytes: 1 << 30,
  maxEntries: 100_000,
  maxDepth: 64,
  maxPathBytes: 4096,
};

/** The caller's limits and the usual ones; one that is given as `undefined` is left out. */
export function limitsOf(given: Partial<FileLimits> = {}): FileLimits {
  const meant = Object.entries(given).filter(([, limit]) => limit !== undefined);
  return { ...FILE_LIMITS, ...Object.fromEntries(meant) };
}

const KINDS: readonly string[] = ['file', 'folder', 'link', 'other', 'end'];

/** A header as it came, with its fields checked for their type and nothing else: what it says may be a lie. */
export interface Header {
  readonly path: string;
  readonly pathBytes: Uint8Array | undefined;
  readonly kind: FileKind | 'end';
  readonly size: number;
  readonly mode: number;
  readonly modifiedMs: number;
  readonly target: string | undefined;
  readonly targetBytes: Uint8Array | undefined;
}

/** `undefined` for what is no header. */
export function headerOf(value: unknown): Header | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    path = '',
    bytes,
    kind,
    size = 0,
    mode = 0,
    modifiedMs = 0,
    target,
    targetBytes,
  } = value as Record<string, unknown>;
  if (typeof path !== 'string' || typeof kind !== 'string' || !KINDS.includes(kind)) return undefined;
  for (const base64 of [bytes, targetBytes]) {
    if (base64 !== undefined && typeof base64 !== 'string') return undefined;
  }
  if (!isCount(size) || !isCount(mode) || typeof modifiedMs !== 'number') return undefined;
  const pathBytes = bytesOf(bytes);
  const linkBytes = bytesOf(targetBytes);
  return {
    path: pathBytes ? pathBytes.toString('utf8') : path,
    pathBytes,
    kind: kind as Header['kind'],
    size,
    mode: mode & 0o777,
    modifiedMs,
    target: linkBytes?.toString('utf8') ?? (typeof target === 'string' ? target : undefined),
    targetBytes: linkBytes,
  };
}

function bytesOf(base64: unknown): Buffer | undefined {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function entryOf(header: Header): FileEntry | undefined {
  const { kind, path, pathBytes, size, mode, modifiedMs, target, targetBytes } = header;
  if (kind === 'end') return undefined;
  const modifiedAt = new Date(modifiedMs);
  return { name: path, nameBytes: pathBytes, kind, size, mode, modifiedAt, target, targetBytes };
}
