import { newFiguresOf } from '../figures-of';

const TEST = 'test/deploy/bad-input.real.test.ts';

/** One kind of bad input, and what was said to it. */
interface Refused {
  readonly what: string;
  readonly code: string;
  readonly message: string;
}

export function badInputTable(): string {
  const rows = newFiguresOf<readonly Refused[]>(TEST).map(({ what, code, message }) => {
    const said = message
      .replace(`${code} at `, '')
      // The whole object, on a line.
      .replace(/Invalid value: \{.*\}: /, 'Invalid value: {…}: ')
      .replaceAll(/deploy-\d+/g, 'shop')
      .replaceAll(/20\d\d-[\dT:.-]+Z/g, '…')
      .replaceAll(/\s+/g, ' ')
      .replaceAll('|', '\\|')
      .replaceAll('<', '&lt;');
    return `| ${what} | \`${code}\` | ${said} |`;
  });
  return [
    `From [\`${TEST}\`](../../${TEST}), which looks that nothing at all was written, and that the same set without the mistake goes well:`,
    '',
    '| input | code | what is said |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
