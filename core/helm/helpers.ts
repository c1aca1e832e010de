import { isNode, isTreeMap, type Node, type Tree, visitNodes } from '../template';
import { goString } from './print/go-string';
import { bare } from './print/pipeline';
import { inText } from './print/scalar';
import { Scope } from './print/scope';
import { block } from './print/structure';

/** All named helpers that the trees include, each once, the ones that others use first. */
export function helpersIn(trees: readonly Tree[], where: string): Map<string, Node> {
  const helpers = new Map<string, Node>();
  const bodies = new Map<string, string>();
  const collect = (tree: Tree): void =>
    visitNodes(tree, (node) => {
      if (node.op.op !== 'fragment') return;
      const { name, body } = node.op;
      if (!helpers.has(name)) collect(body);
      helpers.set(name, helpers.get(name) ?? node);
      const text = helperBody(body, where).join('\n');
      const before = bodies.get(name) ?? text;
      if (before !== text) throw new TypeError(`two helpers of ${where} are called ${name}`);
      bodies.set(name, before);
    });
  for (const tree of trees) collect(tree);
  return helpers;
}

/** `_helpers.tpl`. */
export function helpersFile(helpers: ReadonlyMap<string, Node>, where: string): string {
  const blocks = [...helpers].map(([name, node]) => {
    const { op } = node;
    const body = op.op === 'fragment' ? helperBody(op.body, where) : [];
    return [`{{- define ${goString(name)} -}}`, ...body, '{{- end }}', ''].join('\n');
  });
  return blocks.join('\n');
}

function helperBody(body: Tree, where: string): string[] {
  return Scope.top(where).around((scope) =>
    isTreeMap(body) || (isNode(body) && body.op.op === 'merge')
      ? block(body, '', scope)
      : textLines(body, scope),
  );
}

/** A text without YAML around it: what `include` gives. */
function textLines(body: Tree, scope: Scope): string[] {
  if (!isNode(body)) return [`{{- ${goString(String(body))} }}`];
  const { op } = body;
  if (op.op !== 'if') return [`{{- ${inText(body, scope)} }}`];
  return [
    `{{- if ${bare(op.cond, scope)} }}`,
    ...textLines(op.yes, scope),
    '{{- else }}',
    ...textLines(op.no, scope),
    '{{- end }}',
  ];
}
