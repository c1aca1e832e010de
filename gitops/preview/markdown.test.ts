import fc from 'fast-check';
import { DeployError, type Plan } from '../../deploy';
import { costOf } from './cost';
import { previewMarkdown } from './markdown';
import type { Preview } from './preview';

/** Whatever a commit calls things, a comment has the structure that we gave it: read by the parser of CommonMark. */

const NONE = costOf([]);

/** A preview in which every text that a stranger could choose is this one. */
function previewOf(text: string): Preview {
  const facts = { where: text, found: text, expected: text, remedy: text };
  const plan: Plan = {
    ...{
      release: 'shop-1',
      namespace: 'shop',
      leftOut: [],
      problems: [new DeployError('OBJECT_INVALID', facts)],
    },
    objects: [
      {
        ...{ action: 'change', group: text, kind: text, namespace: text, name: text, note: text },
        changes: [
          { path: text, before: text, after: { [text]: text }, hidden: false, owners: [{ manager: text }] },
          { path: text, hidden: true, owners: [] },
        ],
        taken: [{ path: text, owner: { manager: text } }],
      },
      {
        action: 'prune',
        group: '',
        kind: 'ConfigMap',
        namespace: 'shop',
        name: text,
        changes: [],
        taken: [],
        note: text,
      },
    ],
  };
  return {
    ...{ application: `shop/${text}`, repository: text, asked: text, revision: text, change: text },
    ...{ outcome: 'refused', refused: { code: text, ...facts } },
    policy: [
      {
        ...{ by: text, mode: 'audit' },
        findings: [{ rule: text, object: text, field: text, why: text, fix: text }],
      },
      { by: text, mode: 'strict', findings: [], failure: { code: text, ...facts } },
      { by: text, mode: 'strict', findings: [] },
    ],
    clusters: [{ cluster: text, plan, cost: { before: NONE, after: NONE } }],
  };
}

// It has no types of its own.
const { Parser } = require('commonmark') as { readonly Parser: new () => { parse(text: string): Root } };

interface Node {
  readonly type: string;
  readonly literal: string | null;
}
interface Root {
  walker(): Walker;
}
interface Walker {
  next(): { readonly entering: boolean; readonly node: Node } | null;
}

/** What the parser makes of it, without its text; of HTML the tags, which are all ours. */
function structure(markdown: string): string[] {
  const walker = new Parser().parse(markdown).walker();
  const found: string[] = [];
  for (let event = walker.next(); event; event = walker.next()) {
    const { type, literal } = event.node;
    if (!event.entering || ['text', 'softbreak'].includes(type)) continue;
    found.push(type.startsWith('html') ? `${type} ${literal?.match(/<[^>]*>/g)?.join('')}` : type);
  }
  return found;
}

const HOSTILE = [
  '</details></code></summary>',
  '<script>alert(1)</script>',
  '![a](https://evil.example.com/a.png)',
  '[click](javascript:alert(1))',
  '`',
  '````\n# Approved\n````',
  '~~~',
  '```',
  '@everyone',
  '#1',
  'https://evil.example.com',
  '\n\n## Nothing would change\n\n',
  '| a | b |\n|---|---|',
  '- [x] reviewed',
  '&lt;b&gt;',
  '\\',
  '*bold*',
  '_a_',
  '<!--',
  '-->',
  '<img src=x onerror=alert(1)>',
  '\u202e\u2066',
  '\u001b[2J',
  '$\\href{https://x}{y}$',
  ':tada:',
  'a\rb',
] as const;
const harmless = structure(previewMarkdown(previewOf('x')));

test.each(HOSTILE)('%j stays text', (text) => {
  const markdown = previewMarkdown(previewOf(text));
  expect(structure(markdown)).toEqual(harmless);
  // Where it is no code, nobody is called and no issue is linked.
  const outside = markdown.replace(/(`{3,})diff\n[\s\S]*?\n\1/g, '').replace(/<code>.*?<\/code>/g, '');
  expect(outside).not.toMatch(/@|(^|[^&])#\d|https?:|<script|<img|\u202e/);
  expect(markdown.includes('\u001b')).toBe(false);
});

test('any mixture of them stays text', () => {
  const mixture = fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(mixture, (text) => {
      expect(structure(previewMarkdown(previewOf(`x${text}`)))).toEqual(harmless);
    }),
    { numRuns: 300 },
  );
});

test('one that is not escaped would be seen', () => {
  const { clusters } = previewOf('x');
  const markdown = previewMarkdown({ ...previewOf('x'), clusters }).replace(
    '</details>',
    '![a](b)</details>',
  );
  expect(structure(markdown)).not.toEqual(harmless);
});

test('a large one is as long as a comment may be, says what is left out, and ends well', () => {
  const [cluster] = previewOf('x').clusters;
  const plan = cluster!.plan!;
  const objects = Array.from({ length: 500 }, (_, index) => ({
    ...plan.objects[0]!,
    name: `object-${index}`,
    changes: [
      { path: 'data.x', after: `value ${'`'.repeat(50)} of it\n`.repeat(20), hidden: false, owners: [] },
    ],
  }));
  const markdown = previewMarkdown({ ...previewOf('x'), clusters: [{ plan: { ...plan, objects } }] });
  expect(markdown.length).toBeLessThanOrEqual(60_000);
  expect(markdown.length).toBeGreaterThan(50_000);
  const shown = markdown.match(/<details>/g)?.length ?? 0;
  expect(markdown).toContain(`And ${500 - shown} more object(s)`);
  expect(markdown.match(/<\/details>/g)).toHaveLength(shown);
  const small = previewMarkdown(previewOf('x'), { mostCharacters: 3_000 });
  expect(small.length).toBeLessThanOrEqual(3_000);
});

test('values, and what is made of each object, are told as they are', () => {
  const markdown = previewMarkdown(previewOf('shop'));
  expect(markdown).toContain('- shop');
  expect(markdown).toContain('  shop: (changed, not shown)');
  expect(markdown).toContain('! shop is taken from shop');
  expect(markdown).toContain('**1** changed, **1** deleted, 0 as they are.');
});
