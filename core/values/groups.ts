import {
  type Expression,
  expressionsOf,
  type Json,
  type JsonObject,
  Node,
  type Owner,
  type Shape,
} from '../template';
import { Declaration } from './declaration';
import type { Declarations } from './declarations';
import { asLiteral } from './literal-mode';
import { SecretDeclaration, SecretValue } from './secret';
import { SubchartDeclaration } from './subchart-declaration';

/** What represents one declared value in the object that `defineValues` gives. */
export type LeafOf = (declaration: Declaration<unknown>, path: readonly string[]) => unknown;

/** The object of a program's values, in the groups they were declared in, and the secrets among them. */
export function groupValues(
  declarations: Declarations,
  leafOf: LeafOf,
): { readonly values: object; readonly secrets: SecretValue[] } {
  const secrets: SecretValue[] = [];
  return { values: groupOf(declarations, [], leafOf, secrets), secrets };
}

function groupOf(
  declarations: Declarations,
  path: readonly string[],
  leafOf: LeafOf,
  secrets: SecretValue[],
): object {
  const group = {};
  for (const [key, entry] of Object.entries(declarations)) {
    const value = memberOf(entry, [...path, key], leafOf, secrets);
    Object.defineProperty(group, key, { value, enumerable: true });
  }
  return path.length === 0 ? group : Object.freeze(group);
}

function memberOf(
  entry: Declarations[string],
  path: readonly string[],
  leafOf: LeafOf,
  secrets: SecretValue[],
): unknown {
  if (entry instanceof Declaration) return leafOf(entry, path);
  // The secrets of a subchart are groups of texts here: its parent makes none of them.
  if (entry instanceof SubchartDeclaration) return groupOf(entry.declarations, path, leafOf, secrets);
  if (!(entry instanceof SecretDeclaration)) return groupOf(entry, path, leafOf, secrets);
  const { existingSecret, ...given } = groupOf(entry.declarations, path, leafOf, secrets) as SecretMembers;
  const value = new SecretValue(path, entry.options.keys, existingSecret, given);
  secrets.push(value);
  return value;
}

type SecretMembers = { readonly existingSecret: Expression<string> } & Record<
  string,
  Expression<string | undefined>
>;

/** Values as expressions. */
export function expressionLeaves(owner: Owner): LeafOf {
  return (declaration, at) => {
    const nodeFor = (path: readonly string[], shape: Shape, optional: boolean) =>
      new Node({ op: 'value', owner, path: [...at, ...path], optional }, shape);
    return expressionsOf(nodeFor, declaration.shape, [], declaration.options.optional);
  };
}

/** Values as literals, in literal mode. */
export function literalLeaves(values: JsonObject): LeafOf {
  return ({ shape }, path) =>
    asLiteral(
      path.reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], values),
      shape,
    );
}
