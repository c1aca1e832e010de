import { type Example, errorOf } from './example';

/** One row: what somebody did, and what the error says. */
export interface Row {
  readonly code: string;
  readonly what: string;
  readonly message: string;
}

/** Runs an example for its row; one that gives another code is an error. */
export async function rowOf(code: string, example: Example): Promise<Row> {
  const { what } = example;
  if ('assertedBy' in example)
    return { code, what, message: `needs a real machine or cluster: see \`${example.assertedBy}\`` };
  const error = await errorOf(example);
  if (error.code !== code) throw new Error(`"${what}" gives ${error.code}, not ${code}: ${error.message}`);
  return { code, what, message: onAnyMachine(error.message) };
}

/** Without folders of one machine, ports, and what is drawn anew in each run. */
function onAnyMachine(message: string): string {
  return message
    .replace(/(?:\/[\w.@+-]+)*\/drydock-(?:test|refusals)-[\w-]+/g, '/…')
    .replace(/ \([\w./-]+\.ts:\d+\):/g, ' (main.ts:…):')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:…');
}

export function page(rows: readonly Row[]): string {
  return [
    '# What is refused, and in which words',
    '',
    'Every code that an error of this library can have, with an example and the message that it gets. A message says where,',
    'what was found, what was expected and what to do, and no secret. Written by `npx tsx test/refusals/main.ts` from the',
    'examples in `test/refusals/examples`; `test/refusals/refusals.test.ts` fails for a code without an example.',
    '',
    '| code | example | message |',
    '|---|---|---|',
    ...rows.map(({ code, what, message }) => `| \`${code}\` | ${cell(what)} | ${cell(message)} |`),
    '',
  ].join('\n');
}

const MOST = 1_500;

/** Text in a cell of a table. */
function cell(text: string): string {
  const line = text
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
  return line.length > MOST ? `${line.slice(0, MOST)} …` : line;
}
