import {
  concatenation,
  fieldsOf,
  isNode,
  type Loop,
  metadataNameOf,
  type Node,
  type Tree,
  usesLoopVariable,
} from '../../template';
import { goString } from './go-string';
import { bare, loopLines, pipeline, trim } from './pipeline';
import { Scope } from './scope';
import { block, mapLines } from './structure';

/** What an object of a chart is under, as the tree room knows it. */
export type DocumentGuard =
  | { readonly kind: 'when'; readonly cond: Node }
  | { readonly kind: 'forEach'; readonly over: Node; readonly loop: Loop };

/** The template of one object: its YAML inside the conditions and loops that it is under. */
export function documentTemplate(tree: Tree, guards: readonly DocumentGuard[], where: string): string {
  const isLoop = guards.some(({ kind }) => kind === 'forEach');
  const checksNames = isLoop && !keysTellApart(metadataNameOf(tree), guards);
  const head = (scope: Scope) => [
    ...(checksNames ? nameCheck(calledIn(tree), scope) : []),
    ...(isLoop ? ['---'] : []),
  ];
  const lines = Scope.top(where).around((scope) =>
    guardedLines(guards, scope, (inner) => [
      ...head(inner),
      ...(isNode(tree) ? block(tree, '', inner) : mapLines(fieldsOf(tree), '', inner)),
    ]),
  );
  return `${[...(checksNames ? ['{{- $_names := dict }}'] : []), ...lines].join('\n')}\n`;
}

/** Lines inside the conditions and loops that an object is under. */
export function guardedLines(
  guards: readonly DocumentGuard[],
  scope: Scope,
  inside: (scope: Scope) => string[],
): string[] {
  const [guard, ...rest] = guards;
  if (!guard) return inside(scope);
  if (guard.kind === 'when') {
    const cond = pipeline(guard.cond, scope);
    const open = scope.ask(cond);
    if (open === true) return guardedLines(rest, scope, inside);
    const lines = guardedLines(rest, scope.knowing(cond), inside);
    return [`{{- if ${trim(typeof open === 'string' ? open : cond)} }}`, ...lines, '{{- end }}'];
  }
  return loopLines(guard.over, guard.loop, '', scope, (inner) => guardedLines(rest, inner, inside));
}

/**
 * Two entries of one name would be one object, the second silently in the place of the first. No value's name begins
 * with an underscore, so these variables clash with none.
 */
function nameCheck(name: Tree, scope: Scope): string[] {
  const message = 'two objects of this chart would be called %s; let the list hold each name once';
  return [
    `{{- $_name := ${bare(name ?? '', scope)} }}`,
    `{{- if hasKey $_names $_name }}{{ fail (printf ${goString(message)} $_name) }}{{ end }}`,
    '{{- $_ := set $_names $_name true }}',
  ];
}

/** What an object of a loop is called, with its kind where that differs from entry to entry. */
function calledIn(tree: Tree): Tree {
  const { kind } = fieldsOf(tree);
  const name = metadataNameOf(tree);
  return isNode(kind) && isNode(name) ? concatenation([kind, '/', name]) : name;
}

/** Whether the name is the key of the one loop, with a text around it that is the same for all entries. */
function keysTellApart(name: Tree, guards: readonly DocumentGuard[]): boolean {
  const loops = guards.filter(({ kind }) => kind === 'forEach');
  if (loops.length !== 1 || !isNode(name)) return false;
  const parts = name.op.op === 'concat' ? name.op.parts.filter(isNode) : [name];
  const [varying, ...others] = parts.filter(usesLoopVariable);
  return varying?.op.op === 'key' && others.length === 0;
}
