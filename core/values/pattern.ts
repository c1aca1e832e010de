import { type Alphabet, DrydockError, PLAIN_TEXT } from '../template';

/**
 * A pattern has to mean the same to Go's RE2 (helm), to JavaScript (`parse`) and to whoever reads the schema, so only
 * what all agree on is let through: anchors at both ends, literals, ASCII classes, groups, alternation, repetition.
 */
const PORTABLE_ESCAPE = /^[dwDW.\-/\\^$*+?()[\]{}|]$/;
const MAX_REPEAT = 1000;

interface Reading {
  /** Every character the pattern can match, or `undefined` when that is more than ASCII. */
  alphabet: Set<string> | undefined;
  /** How many groups are open. */
  depth: number;
}

export function checkPattern(pattern: string, where: string): void {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) {
    throw notPortable(pattern, 'no anchors', where, 'Write ^...$, so that the whole value is checked.');
  }
  readPattern(pattern, where);
  new RegExp(pattern, 'u');
}

/** Which characters a value with this pattern can hold, as far as the printer wants to know. */
export function alphabetOfPattern(pattern: string): Alphabet {
  const { alphabet } = readPattern(pattern, 'pattern');
  if (!alphabet) return 'any';
  const text = [...alphabet].join('');
  if (PLAIN_TEXT.test(text)) return 'plain';
  return alphabet.has('<') ? 'any' : 'quotable';
}

function readPattern(pattern: string, where: string): Reading {
  const reading: Reading = { alphabet: new Set(), depth: 0 };
  const body = pattern.slice(1, -1);
  let at = 0;
  while (at < body.length) at = readAtom(body, at, reading, where);
  return reading;
}

/** Reads one piece of the pattern from `at`; the result is where the next begins. */
function readAtom(body: string, at: number, reading: Reading, where: string): number {
  const c = body[at] as string;
  if (c === '[') return readClass(body, at, reading, where);
  if (c === '\\') {
    addEscape(body[at + 1] ?? '', reading, where, body);
    return at + 2;
  }
  if (c === '{') {
    const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(body.slice(at));
    if (!repeat || Number(repeat[1]) > MAX_REPEAT || Number(repeat[2] || 0) > MAX_REPEAT) {
      throw notPortable(
        body,
        `a repetition at "${body.slice(at, at + 8)}"`,
        where,
        `Write {n} or {n,m} up to ${MAX_REPEAT}, and \\{ for a brace.`,
      );
    }
    return at + repeat[0].length;
  }
  if (c === '(') {
    if (body[at + 1] === '?' && body[at + 2] !== ':') {
      throw notPortable(
        body,
        'a lookaround or a named group',
        where,
        'Helm checks with RE2, which has neither; use plain groups.',
      );
    }
    reading.depth++;
    return body[at + 1] === '?' ? at + 3 : at + 1;
  }
  if (c === '.')
    throw notPortable(
      body,
      '"."',
      where,
      'Go and JavaScript differ on line ends; name the characters: [^\\n].',
    );
  if (c === '^' || c === '$')
    throw notPortable(body, `"${c}" inside`, where, 'Anchor the whole pattern only.');
  if (c === ')') reading.depth--;
  if (c === '|') requireGroup(body, reading, where);
  if (!')|*+?'.includes(c)) reading.alphabet?.add(c);
  return at + 1;
}

function requireGroup(body: string, { depth }: Reading, where: string): void {
  if (depth > 0) return;
  throw notPortable(
    body,
    '"|" outside of a group',
    where,
    'The anchors hold for one alternative each; write ^(a|b)$.',
  );
}

function readClass(body: string, start: number, reading: Reading, where: string): number {
  let at = start + 1;
  if (body[at] === '^') {
    reading.alphabet = undefined;
    at++;
  }
  while (at < body.length && body[at] !== ']') {
    if (body[at] === '[')
      throw notPortable(body, '"[" inside a class', where, 'Write \\[ for the character.');
    if (body[at] === '\\') {
      addEscape(body[at + 1] ?? '', reading, where, body);
      at += 2;
    } else if (body[at + 1] === '-' && body[at + 2] !== ']' && body[at + 2] !== undefined) {
      addRange(body[at] as string, body[at + 2] as string, reading);
      at += 3;
    } else {
      reading.alphabet?.add(body[at] as string);
      at++;
    }
  }
  return at + 1;
}

function addRange(from: string, to: string, reading: Reading): void {
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) {
    reading.alphabet?.add(String.fromCharCode(code));
  }
}

function addEscape(escaped: string, reading: Reading, where: string, body: string): void {
  if (escaped === 'n' || escaped === 't') {
    reading.alphabet?.add(escaped === 'n' ? '\n' : '\t');
    return;
  }
  if (!PORTABLE_ESCAPE.test(escaped)) {
    throw notPortable(
      body,
      `"\\${escaped}"`,
      where,
      'Go and JavaScript read it differently; name the characters in a class.',
    );
  }
  if (escaped === 'D' || escaped === 'W') reading.alphabet = undefined;
  else if (escaped === 'd') addRange('0', '9', reading);
  else if (escaped === 'w')
    for (const [from, to] of ['09', 'AZ', 'az', '__']) addRange(from as string, to as string, reading);
  else reading.alphabet?.add(escaped);
}

function notPortable(pattern: string, found: string, where: string, remedy: string): DrydockError {
  return new DrydockError('PATTERN_NOT_PORTABLE', {
    where,
    found: `${found} in /${pattern}/`,
    expected: 'a pattern that helm and JavaScript read alike',
    remedy,
  });
}
