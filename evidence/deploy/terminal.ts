import { execFileSync } from 'node:child_process';

const COLOURS: Readonly<Record<string, string>> = {
  31: '#f47067',
  32: '#8ddb8c',
  33: '#f0b95b',
  90: '#909dab',
};
const [WIDTH, LINE, EDGE, SIZE] = [8.43, 20, 18, 14] as const;
const COLUMNS = 110;

/** What a command has shown on a terminal: the screens that it drew over, and the last one, with colours. */
export function onTerminal(argv: readonly string[], cwd: string): readonly string[] {
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const env: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm-256color' };
  delete env.NO_COLOR;
  // A diff ends with 1 where something changes.
  const command = `stty columns ${COLUMNS} rows 40; ${quoted} || true`;
  return screensOf(
    execFileSync('script', ['--quiet', '--command', command, '/dev/null'], { cwd, env, encoding: 'utf8' }),
  );
}

/** As much of a terminal as a tree that is drawn again needs: up, and all below is gone. */
function screensOf(output: string): readonly string[] {
  const screens: string[] = [];
  let lines = [''];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves a cursor begins with one
  for (const token of output.match(/\u001b\[[\d;?]*[A-Za-z]|\n|[^\u001b\n]+/g) ?? []) {
    const [, up] = /\[(\d+)A$/.exec(token) ?? [];
    const isCommand = token.startsWith('\u001b') && !token.endsWith('m');
    if (isCommand && up !== undefined) {
      screens.push(lines.join('\n'));
      lines = [...lines.slice(0, -1 - Number(up)), ''];
    } else if (token === '\n') lines.push('');
    else if (!isCommand) lines.push(`${lines.pop()}${token.replaceAll('\r', '')}`);
  }
  return [...screens, lines.join('\n')];
}

interface Piece {
  readonly text: string;
  readonly colour: string | undefined;
  readonly bold: boolean;
}

function pieces(line: string): Piece[] {
  let style = '';
  return line.split('\u001b[').flatMap((part, index) => {
    const [, code, rest] = (index > 0 && /^([\d;]*)m(.*)$/s.exec(part)) || [undefined, undefined, part];
    if (code !== undefined) style = code;
    return rest ? [{ text: rest, colour: COLOURS[style], bold: style === '1' }] : [];
  });
}

/** The parts of a line that are as wide as a terminal. */
function wrapped(line: string): string[] {
  const isPlain = !line.includes('\u001b');
  return isPlain && line.length > COLUMNS
    ? [line.slice(0, COLUMNS), ...wrapped(line.slice(COLUMNS))]
    : [line];
}

/** The same as a picture: commands with what they showed, one after the other. */
export function pictureOf(shown: ReadonlyArray<readonly [command: string, screen: string]>): string {
  const lines = shown.flatMap(([command, screen]) => [
    `\u001b[1m$ ${command}\u001b[0m`,
    ...screen.trimEnd().split('\n').flatMap(wrapped),
    '',
  ]);
  lines.pop();
  const lengths = lines.map((line) => pieces(line).reduce((sum, { text }) => sum + text.length, 0));
  const [width, height] = [
    Math.ceil(Math.max(...lengths) * WIDTH) + 2 * EDGE,
    lines.length * LINE + 2 * EDGE,
  ];
  const texts = lines.map((line, row) => {
    const spans = pieces(line).map(({ text, colour, bold }) => {
      const fill = colour === undefined ? '' : ` fill="${colour}"`;
      return `<tspan${fill}${bold ? ' font-weight="bold"' : ''}>${escaped(text)}</tspan>`;
    });
    return `<text x="${EDGE}" y="${EDGE + row * LINE + SIZE}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${SIZE}" fill="#e6edf3">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#22272e"/>`,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
