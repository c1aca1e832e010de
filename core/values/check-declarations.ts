import { DrydockError } from '../template';
import { Declaration } from './declaration';
import type { Declarations } from './declarations';
import { badName, NAMES } from './names';
import { checkText } from './options';
import { SecretDeclaration } from './secret';
import { SubchartDeclaration } from './subchart-declaration';

/** Refuses what a program declares and no chart could have: entries that are no values, names, missing documentation. */
export function checkDeclarations(declarations: Declarations): void {
  if (!isPlainObject(declarations)) throw notDeclared('the argument', declarations);
  checkGroup(declarations, '');
  checkReserved(declarations);
}

function checkGroup(declarations: Declarations, path: string): void {
  for (const [key, entry] of Object.entries(declarations)) {
    if (entry instanceof SubchartDeclaration) checkSubchartName(key, path);
    else if (!NAMES.value.test(key))
      throw badName(
        `${path}${key}`,
        'Use letters, digits and underscores, beginning with a letter, at most 63, so that `.Values.name` and `--set name=...` work.',
      );
    else if (isGroup(entry)) checkGroup(entry, `${path}${key}.`);
    else if (!isLeaf(entry)) throw notDeclared(`${path}${key}`, entry);
    else checkText(entry.options.doc, 'doc', `${path}${key}`);
  }
}

/** The names that helm itself gives a meaning to, and the one of our own method. */
function checkReserved({ parse, global, tags }: Declarations): void {
  if (parse !== undefined) throw badName('parse', 'This library uses the name; call it something else.');
  if (global !== undefined && !isGroup(global))
    throw badName('global', 'Helm shares what is under `global` with every subchart: declare a group there.');
  const areSwitches =
    tags === undefined || (isGroup(tags) && Object.values(tags).every((tag) => isRequiredSwitch(tag)));
  if (!areSwitches)
    throw badName('tags', 'Helm leaves subcharts out by what is under `tags`: booleans with defaults.');
}

function isRequiredSwitch(entry: Declarations[string]): boolean {
  if (!(entry instanceof Declaration) || entry.shape.type !== 'boolean') return false;
  return entry.options.default !== undefined && !entry.options.optional;
}

type Leaf = Declaration<unknown> | SecretDeclaration<string>;

function isLeaf(entry: unknown): entry is Leaf {
  return entry instanceof Declaration || entry instanceof SecretDeclaration;
}

function isGroup(entry: Declarations[string]): entry is Declarations {
  return isPlainObject(entry) && !isLeaf(entry) && !(entry instanceof SubchartDeclaration);
}

function isPlainObject(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  const prototype = Object.getPrototypeOf(entry);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function checkSubchartName(key: string, path: string): void {
  if (path !== '')
    throw badName(
      `${path}${key}`,
      'Helm looks for the values of subcharts at the top only; declare it there.',
    );
  if (!NAMES.chart.test(key) || ['global', 'tags', 'parse'].includes(key))
    throw badName(
      key,
      'It is what the subchart is called, and names begin with it: lower-case letters, digits and dashes, at most 53.',
    );
}

function notDeclared(where: string, found: unknown): DrydockError {
  return new DrydockError('NOT_A_VALUE', {
    where: `defineValues ${where}`,
    found: found === null ? 'null' : Array.isArray(found) ? 'a list' : `a ${typeof found}`,
    expected: 'a declared value such as value.string({ doc: "..." }), or a group of them',
    remedy: 'Declare it with one of the functions of `value`, with what you have as its `default`.',
  });
}
