import type { GitopsErrorCode } from '../../errors';
import type { Attempt } from './attempt';
import type { Files } from './grounds';

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => configMap(`a${index}`)).join('---\n');

/** Each line has ten of the one before. */
function bomb(lines: number): string {
  const rest = Array.from(
    { length: lines },
    (_, line) => `l${line + 1}: &l${line + 1} [${Array(10).fill(`*l${line}`)}]`,
  );
  return `${configMap('bomb')}data: { x: "1" }\nl0: &l0 [a]\n${rest.join('\n')}\n`;
}

type InManifests = readonly [what: string, files: Files, twin: string, like: Files, code?: GitopsErrorCode];

const IN_MANIFESTS: readonly InManifests[] = [
  [
    'aliases that grow to a thousand million values',
    { 'app/a.yaml': bomb(9) },
    'an alias that is used twice',
    { 'app/a.yaml': `${configMap('a')}data: { x: &x "1", y: *x, z: *x }\n` },
  ],
  ['more than 10,000 objects', { 'app/a.yaml': many(10_001) }, 'a hundred', { 'app/a.yaml': many(100) }],
  [
    'more than 300,000 values in a file',
    { 'app/a.yaml': `${configMap('a')}data: { x: "1" }\nmore: [${Array(300_001).fill(1)}]\n` },
    'a thousand',
    { 'app/a.yaml': `${configMap('a')}data: { x: "1" }\nmore: [${Array(1_000).fill(1)}]\n` },
  ],
  [
    'a key that is there twice',
    { 'app/a.yaml': `${configMap('a')}data: { x: "1", x: "2" }\n` },
    'two keys',
    { 'app/a.yaml': `${configMap('a')}data: { x: "1", y: "2" }\n` },
  ],
  [
    'a kustomization that fetches from elsewhere',
    { 'app/kustomization.yaml': 'resources: [https://example.com/x]\n', 'app/a.yaml': configMap('a') },
    'a hidden file of that name',
    { 'app/.kustomization.yaml': 'resources: [https://example.com/x]\n', 'app/a.yaml': configMap('a') },
  ],
];

export const MANIFESTS_OF: readonly Attempt[] = IN_MANIFESTS.map(([what, files, twin, like, code]) => ({
  ...{ kind: 'manifests', what, code: code ?? 'RENDER_FAILED', twin },
  attempt: async (grounds) => grounds.render(grounds.repositoryWith(files).source, 'app'),
  control: async (grounds) => grounds.render(grounds.repositoryWith(like).source, 'app'),
}));
