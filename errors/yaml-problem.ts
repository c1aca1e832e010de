/** What readers of YAML tell of an error; the message itself quotes the line, in which a secret may be. */
export interface YamlError {
  readonly code?: string;
  readonly linePos?: readonly { readonly line: number; readonly col: number }[];
}

const WORDS: Readonly<Record<string, string>> = {
  ALIAS_BOMB: 'aliases that make it far larger than it is',
  ALIAS_CIRCLE: 'an alias of what it is part of',
  BAD_ALIAS: 'an alias without its anchor',
  BAD_DQ_ESCAPE: 'an escape that YAML does not have',
  BAD_INDENT: 'a line that is indented wrongly',
  BLOCK_AS_IMPLICIT_KEY: 'a map or list where a key can be',
  DUPLICATE_KEY: 'one key twice',
  KEY_NO_SCALAR: 'a map or list as a key',
  MISSING_CHAR: 'an end or a sign that is missing',
  MULTILINE_IMPLICIT_KEY: 'a key of several lines',
  TAB_AS_INDENT: 'a tab as indentation',
  TAG_RESOLVE_FAILED: 'a value that JSON or its tag does not have',
  UNEXPECTED_TOKEN: 'something that cannot be there',
};

/** Where YAML is broken and how, without a word of it. */
export function yamlProblem(error: unknown): string {
  const { code = '', linePos } = error as YamlError;
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : 'text that is no YAML';
  const [start] = linePos ?? [];
  return start ? `${words}, in line ${start.line}, column ${start.col}` : `${words}`;
}
