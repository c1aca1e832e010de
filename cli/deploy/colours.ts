/** Paints a text where it is read by a person: on a terminal, and not where NO_COLOR asks for none. */
export type Paint = (colour: Colour, text: string) => string;

export type Colour = 'red' | 'green' | 'yellow' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 };

export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  const isPainted = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (colour, text) => (isPainted ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

export const plain: Paint = (_colour, text) => text;
