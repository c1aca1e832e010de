import { nearest } from '../../errors';
import { definitions } from '../../imports/schema';
import { isNode, isTreeMap, type Tree, visitNodes } from '../template';
import { isEnforced } from './enforced';
import { describe, describeType } from './fault';
import { fieldRules } from './rules/fields';
import { objectRules } from './rules/objects';
import type { ObjectRule } from './rules/rule';
import { scalarTypes } from './scalars';
import type { Walk } from './walk';

/** Holds one value against one type; the walk is at its place. The value is not `null`, `undefined` or an expression. */
export type TypeCheck = (value: Tree, walk: Walk) => void;

/** What may be secret is never quoted: only its type is told. */
const QUIET = new Set(['Secret', 'ConfigMap', 'EnvVar']);

const known = new Map<string, TypeCheck>();

/** The check of a type as imports/schema.ts writes it; made when it is first asked for. */
export function typeCheck(type: string, say = describe): TypeCheck {
  const key = say === describe ? type : `${type} quietly`;
  let check = known.get(key);
  if (!check) {
    // Definitions refer to each other in circles, so the entry is there before it is made.
    let made: TypeCheck | undefined;
    check = (value, walk) => {
      made ??= makeCheck(type, say);
      made(value, walk);
    };
    known.set(key, check);
  }
  return check;
}

function makeCheck(type: string, say: typeof describe): TypeCheck {
  if (type === 'anything') return () => {};
  if (type.includes(' / ') && !type.startsWith('(')) return eitherCheck(type.split(' / '), say);
  if (type.endsWith('[]')) return listCheck(unwrapped(type), say);
  if (type.endsWith('{}')) return mapCheck(unwrapped(type), say);
  if (type.startsWith('=')) return enumCheck(type.slice(1).split('|'));
  const scalar = scalarTypes[type];
  if (!scalar) return definitionCheck(type);
  return (value, walk) => {
    if (!scalar.matches(value)) walk.wrongType({ found: say(value), expected: scalar.expected });
  };
}

/** Where the document lists several types for one field, no two of them have the same JSON type. */
function eitherCheck(types: readonly string[], say: typeof describe): TypeCheck {
  const checks = types.map((type) => ({ jsonType: jsonTypeOf(type), check: typeCheck(type, say) }));
  return (value, walk) => {
    const isList = Array.isArray(value);
    const fitting = checks.find(({ jsonType }) => jsonType === (isList ? 'list' : typeof value));
    if (fitting) fitting.check(value, walk);
    else walk.wrongType({ found: say(value), expected: types.join(' or ') });
  };
}

function jsonTypeOf(type: string): string {
  if (type.endsWith('[]')) return 'list';
  return type in scalarTypes ? type : 'object';
}

function unwrapped(type: string): string {
  return type.slice(0, -2).replace(/^\((.*)\)$/, '$1');
}

function listCheck(itemType: string, say: typeof describe): TypeCheck {
  const item = typeCheck(itemType, say);
  return (value, walk) => {
    if (!Array.isArray(value)) {
      walk.wrongType({ found: say(value), expected: 'a list' });
      return;
    }
    for (const [index, one] of (value as readonly Tree[]).entries()) {
      if (isNode(one)) continue;
      walk.enter(index);
      if (one === null || one === undefined) missingItem(itemType, walk);
      else item(one, walk);
      walk.leave();
    }
  };
}

/** The server reads an entry that is null as an empty one. */
function missingItem(itemType: string, walk: Walk): void {
  walk.nullEntry();
  const fields = definitions[itemType];
  if (!fields || walk.isStatus) return;
  const needsFields = Object.keys(fields).some((name) => isRequired(itemType, name, fields[name] as string));
  if (needsFields) walk.fault([], { found: 'null', expected: 'an object', remedy: 'Remove the entry.' });
}

function mapCheck(valueType: string, say: typeof describe): TypeCheck {
  const check = typeCheck(valueType, say);
  return (value, walk) => {
    if (isNode(value)) return;
    if (!isTreeMap(value)) {
      walk.wrongType({ found: say(value), expected: 'an object' });
      return;
    }
    for (const key of Object.keys(value)) {
      const one = value[key];
      if (one === null || one === undefined || isNode(one)) continue;
      walk.enter(key);
      check(one, walk);
      walk.leave();
    }
  };
}

function enumCheck(values: readonly string[]): TypeCheck {
  // An empty text is what the server makes of a field that is not there.
  const allowed = new Set(['', ...values]);
  const expected =
    values.length > 12 ? `a name such as ${values.slice(0, 3).join(', ')}` : `one of ${values.join(', ')}`;
  return (value, walk) => {
    if (typeof value !== 'string') walk.wrongType({ found: describe(value), expected });
    else if (!allowed.has(value) && !walk.isStatus) walk.fault([], { found: describe(value), expected });
  };
}

function isRequired(definition: string, field: string, type: string): boolean {
  return type.endsWith('!') && isEnforced(definition, field);
}

function definitionCheck(name: string): TypeCheck {
  const definition = new Definition(name);
  return (value, walk) => definition.check(value, walk);
}

/** One definition of the document, with the rules that are written beside it. */
class Definition {
  private readonly checks = new Map<string, TypeCheck>();
  private readonly required: readonly string[];
  private readonly rules: readonly ObjectRule[];
  private readonly isKind: boolean;

  constructor(private readonly name: string) {
    const fields = definitions[name] as Readonly<Record<string, string>>;
    const say = QUIET.has(name) ? describeType : describe;
    for (const [field, type] of Object.entries(fields)) {
      const check = typeCheck(plainType(name, field, type), say);
      this.checks.set(field, withRule(check, fieldRules[`${name}.${field}`]));
    }
    this.required = Object.keys(fields).filter((field) => isRequired(name, field, fields[field] as string));
    this.rules = objectRules[name] ?? [];
    this.isKind = 'apiVersion' in fields && 'kind' in fields && 'metadata' in fields;
  }

  check(value: Tree, walk: Walk): void {
    if (!isTreeMap(value)) {
      walk.wrongType({
        found: QUIET.has(this.name) ? describeType(value) : describe(value),
        expected: 'an object',
      });
      return;
    }
    const before = walk.untyped;
    for (const field of Object.keys(value)) this.checkField(field, value[field], walk);
    if (walk.isStatus) return;
    for (const field of this.required)
      if (value[field] === null || value[field] === undefined) {
        walk.untyped += 1;
        walk.fault([field], { found: 'nothing', expected: 'a value', remedy: 'Set the field.' });
      }
    if (this.rules.length === 0 || walk.untyped !== before || (walk.isPartial && holdsNode(value))) return;
    for (const rule of this.rules) rule(value, walk);
  }

  private checkField(field: string, value: Tree, walk: Walk): void {
    // The server reads null as a field that is not there.
    if (value === null || value === undefined) return;
    const check = this.checks.get(field);
    walk.enter(field);
    if (!check) unknownField(field, this.name, walk);
    else if (!isNode(value)) {
      const outside = walk.isStatus;
      walk.isStatus ||= this.isKind && field === 'status';
      check(value, walk);
      walk.isStatus = outside;
    }
    walk.leave();
  }
}

/** The type without the mark of a required field, and without values that the server does not insist on. */
function plainType(definition: string, field: string, type: string): string {
  const plain = type.replace(/!$/, '');
  return plain.startsWith('=') && !isEnforced(definition, field) ? plain.replace(/^=[^[]*/, 'string') : plain;
}

function withRule(check: TypeCheck, rule: TypeCheck | undefined): TypeCheck {
  if (!rule) return check;
  return (value, walk) => {
    const before = walk.untyped;
    check(value, walk);
    if (walk.untyped === before && !walk.isStatus) rule(value, walk);
  };
}

function unknownField(field: string, definition: string, walk: Walk): void {
  const similar = nearest(field, Object.keys(definitions[definition] as object));
  walk.fault([], {
    found: 'a field that Kubernetes does not know',
    expected: `a field of ${definition}${similar ? `, such as ${similar}` : ''}`,
    remedy: similar ? `Write ${similar}, or remove the field.` : 'Remove the field.',
  });
}

function holdsNode(tree: Tree): boolean {
  let holds = false;
  visitNodes(tree, () => {
    holds = true;
  });
  return holds;
}
