import { BOOLEAN, isNode, mayBeAbsent, Node, PLAIN_TEXT, type Tree } from '../../template';
import { bare, pipeline, trim } from './pipeline';
import { portableJson } from './portable-json';
import type { Scope } from './scope';

/** Words that some YAML reader takes for something else than text. */
const WORDS = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i;
const PLAIN_SCALAR = /^[A-Za-z][A-Za-z0-9_./-]*$/;
/** Up to here helm prints a number of a values file without an exponent. */
const NO_EXPONENT = 999_999;

/** Text that is the same in every reader of YAML: plain where that is certain, else in double quotes. */
export function yamlText(text: string, inTemplate = true): string {
  if (PLAIN_SCALAR.test(text) && !WORDS.test(text)) return text;
  const quoted = portableJson(JSON.stringify(text));
  if (!inTemplate) return quoted;
  return quoted.replaceAll('{{', '\\u007b\\u007b').replaceAll('<', '\\u003c');
}

/** A scalar known now. */
export function yamlScalar(value: string | number | boolean, inTemplate = true): string {
  if (typeof value === 'string') return yamlText(value, inTemplate);
  // YAML reads -0 as the integer 0.
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** A scalar of a manifest, as it is after `key: `. It is printed where it is there. */
export function scalar(tree: Tree, scope: Scope): string {
  if (!isNode(tree)) return yamlScalar(tree as string | number | boolean);
  const { op, shape } = tree;
  if (op.op === 'if') return choice(pipeline(op.cond, scope), op.yes, op.no, scope);
  if (op.op === 'orElse') return choice(pipeline(isSetNode(op.arg), scope), op.arg, op.fallback, scope);
  if (shape.type === 'string')
    return op.op === 'concat' ? concatenation(tree, op.parts, scope) : quoted(tree, scope);
  if (shape.type === 'integer') return `{{ ${integer(tree, scope)} }}`;
  return shape.type === 'number' ? `{{ toJson ${pipeline(tree, scope)} }}` : `{{ ${bare(tree, scope)} }}`;
}

function isSetNode(arg: Node): Node {
  return new Node({ op: 'isSet', arg }, BOOLEAN);
}

function choice(cond: string, yes: Tree, no: Tree, scope: Scope): string {
  if (mayBeAbsent(yes) && !isNode(yes)) return scalar(no, scope);
  if (mayBeAbsent(no) && !isNode(no)) return scalar(yes, scope);
  const open = scope.ask(cond);
  if (typeof open === 'boolean') return scalar(open ? yes : no, scope);
  const [whenTrue, whenFalse] = [scope.knowing(open), scope.knowing(`(not ${open})`)];
  return `{{ if ${trim(open)} }}${scalar(yes, whenTrue)}{{ else }}${scalar(no, whenFalse)}{{ end }}`;
}

function quoted(tree: Node, scope: Scope): string {
  const exact = tree.shape.type === 'string' && tree.shape.text !== 'any';
  return `{{ ${bare(tree, scope)} | quote${exact ? '' : ' | replace "<" "\\\\u003c"'} }}`;
}

function integer(tree: Node, scope: Scope): string {
  const { shape } = tree;
  const short = shape.type === 'integer' && shape.min >= -NO_EXPONENT && shape.max <= NO_EXPONENT;
  return short ? bare(tree, scope) : `int64 ${pipeline(tree, scope)}`;
}

/** `"{{ a }}:{{ b }}"` where every part is sure to be harmless between quotes, else `printf`. */
function concatenation(tree: Node, parts: readonly (string | Node)[], scope: Scope): string {
  const harmless = parts.every((part) =>
    typeof part === 'string' ? isHarmless(part) : isHarmlessNode(part),
  );
  if (!harmless) return quoted(tree, scope);
  const inner = parts.map((part) => (typeof part === 'string' ? part : `{{ ${inText(part, scope)} }}`));
  return `"${inner.join('')}"`;
}

function isHarmless(text: string): boolean {
  return PLAIN_TEXT.test(text) && !text.includes('{');
}

function isHarmlessNode({ shape }: Node): boolean {
  return shape.type === 'string' ? shape.text === 'plain' : true;
}

/** An expression inside a text. */
export function inText(part: Node, scope: Scope): string {
  const { shape } = part;
  if (shape.type === 'integer') {
    // A values file may say -0.0, which is the integer 0.
    return shape.min <= 0 && shape.max >= 0 ? `int64 ${pipeline(part, scope)}` : integer(part, scope);
  }
  return part.shape.type === 'number' ? `toJson ${pipeline(part, scope)}` : bare(part, scope);
}
