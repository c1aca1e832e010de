import { isUtf8 } from 'node:buffer';

/** A name, path or link target on the wire: as text, or as bytes where it is no text. */
export interface WireName {
  readonly text?: string;
  readonly bytes?: string;
}

/** What is UTF-8 travels as text; everything else as base64, so that it arrives byte for byte. */
export function textOrBase64(bytes: Buffer): WireName {
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { bytes: bytes.toString('base64') };
}

const SHOWN_AT_MOST = 300;

/**
 * Names and words of a pod, for one line of a message. Bytes that are no UTF-8 are shown as `\xHH`; a backslash of a
 * name is doubled, so nothing else looks like that.
 */
export function printable(name: string | Uint8Array): string {
  if (typeof name === 'string') return quoted(name);
  const bytes = Buffer.from(name);
  if (isUtf8(bytes)) return quoted(bytes.toString('utf8'));
  let shown = '';
  for (let from = 0; from < bytes.length && shown.length <= SHOWN_AT_MOST; ) {
    const length = textLength(bytes.subarray(from));
    shown +=
      length > 0
        ? quoted(bytes.toString('utf8', from, from + length))
        : `\\x${bytes[from]!.toString(16).padStart(2, '0')}`;
    from += Math.max(1, length);
  }
  return shown;
}

/** How many bytes of the first character are UTF-8; 0 where none are. */
function textLength(bytes: Buffer): number {
  for (let length = 1; length <= 4 && length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(0, length))) return length;
  }
  return 0;
}

function quoted(text: string): string {
  const cut = text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST)}...` : text;
  return JSON.stringify(cut).slice(1, -1);
}
