/**
 * What a pod wrote, for a person's terminal: colours, cursor movements, titles, replies and reversed text become
 * visible, so that nothing a pod says looks like something else. Bytes that are no UTF-8 become a replacement sign.
 */
export class Printable {
  readonly #decoder = new TextDecoder('utf-8');
  /** A carriage return whose next character is not known yet: before a newline it means nothing. */
  #heldReturn = false;

  text(bytes: Uint8Array): string {
    return this.#neutral(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): string {
    const rest = this.#neutral(this.#decoder.decode());
    return this.#heldReturn ? `${rest}\n` : rest;
  }

  #neutral(decoded: string): string {
    const text = (this.#heldReturn ? '\r' : '') + decoded;
    this.#heldReturn = text.endsWith('\r');
    const whole = this.#heldReturn ? text.slice(0, -1) : text;
    // A line that is written over an earlier one would hide it, so it becomes one of its own.
    return whole.replace(/\r\n?/g, '\n').replace(HIDDEN, visible);
  }
}

/** All of a text at once. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(HIDDEN, visible);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
