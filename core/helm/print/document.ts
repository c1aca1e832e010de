import type { Loop, Node, Tree } from '../../template';
import { bare } from './pipeline';
import { Scope } from './scope';
import { mapLines, rangeHead } from './structure';

/** What an object of a chart stands under, as the tree room knows it. */
export type DocumentGuard =
  | { readonly kind: 'when'; readonly cond: Node }
  | { readonly kind: 'forEach'; readonly over: Node; readonly loop: Loop };

/** The template of one object: its YAML inside the conditions and loops that it stands under. */
export function documentTemplate(tree: Tree, guards: readonly DocumentGuard[], where: string): string {
  const lines = documentLines(
    tree,
    guards,
    Scope.top(where),
    guards.some(({ kind }) => kind === 'forEach'),
  );
  return `${lines.join('\n')}\n`;
}

function documentLines(
  tree: Tree,
  guards: readonly DocumentGuard[],
  scope: Scope,
  isLoop: boolean,
): string[] {
  const [guard, ...rest] = guards;
  if (!guard) return [...(isLoop ? ['---'] : []), ...mapLines(tree as { [key: string]: Tree }, '', scope)];
  if (guard.kind === 'when') {
    return [
      `{{- if ${bare(guard.cond, scope)} }}`,
      ...documentLines(tree, rest, scope, isLoop),
      '{{- end }}',
    ];
  }
  const { head, inner } = rangeHead(guard.over, guard.loop, scope);
  return [`{{- ${head} }}`, ...documentLines(tree, rest, inner, isLoop), '{{- end }}'];
}
