/**
 * Writes docs/reference/ from the doc comments of what the doors export: a page each.
 *
 *     npx tsx scripts/api-reference.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Documented, Doors } from './documented';

const folder = join(__dirname, '..', 'docs', 'reference');

/** One page of the reference. */
export interface Reference {
  /** Whose exports it lists. */
  readonly door: string;
  /** Only those of this room, where the door has several. */
  readonly room?: string;
  readonly file: string;
  readonly title: string;
  /** What holds it to the truth. */
  readonly checked: string;
}

const MAIN = 'index.ts';
const COMPILED = 'examples are compiled as programs of a user, and those of constructs are run';

const reference = (
  name: string,
  title: string,
  door: string,
  checked = COMPILED,
  room?: string,
): Reference => ({
  ...{ door, title, checked },
  ...(room === undefined ? {} : { room }),
  file: join(folder, `${name}.md`),
});

export const references: readonly Reference[] = [
  reference(
    'constructs',
    'Constructs',
    'constructs/index.ts',
    'a test compares every default with what synthesis prints; the examples are run',
  ),
  reference('values', 'Values', MAIN, COMPILED, './core/values'),
  reference('expressions', 'Expressions', MAIN, COMPILED, './core/template'),
  reference('helm-chart', 'HelmChart, KubeObject and conditions', MAIN, COMPILED, './core/tree'),
  reference('app', 'App and Testing', MAIN, COMPILED, './core/synth'),
  reference('check', 'check', MAIN, COMPILED, './check'),
  reference('harden', 'harden', 'harden/index.ts', 'the [guide](../guides/harden.md) says what it does'),
  reference(
    'guardrails',
    'Guardrails',
    'guardrails/index.ts',
    'the [guide](../guides/guardrails.md) says how rules are written',
  ),
  reference(
    'controller',
    'Controllers',
    'controller/index.ts',
    'the [guide](../guides/controller.md) says how they fit together',
  ),
  reference('charts', 'Charts', 'charts/index.ts'),
  reference('deploy', 'deploy', 'deploy/index.ts', 'the [guide](../guides/deploy.md) says how it works'),
  reference(
    'gitops',
    'GitOps',
    'gitops/index.ts',
    'the [guide](../guides/gitops.md) says what it follows and does',
  ),
  reference(
    'sandbox',
    'Sandboxes',
    'sandbox/index.ts',
    'the [guide](../guides/sandbox.md) says how they work',
  ),
  reference(
    'testing',
    'The embedded cluster',
    'cluster/index.ts',
    'the [guide](../guides/cluster.md) says how it runs',
  ),
];

/** All pages, in the order of the list. */
export function pages(): readonly (readonly [Reference, string])[] {
  const doors = new Doors([...new Set(references.map(({ door }) => door))]);
  return references.map((one) => [one, referencePage(one, doors.documentedIn(one.door, one.room))]);
}

function referencePage({ title, checked }: Reference, documented: readonly Documented[]): string {
  const sections = documented.map((one) => sectionOf(one));
  return `# ${title}: the reference

Written by \`npx tsx scripts/api-reference.ts\` from the doc comments; ${checked}.

${sections.join('\n\n')}
`;
}

function sectionOf({ kind, name, doc, signature, props, examples }: Documented): string {
  const rows = props.map(
    ({ name: prop, type, optional, doc: text, fallback }) =>
      `| \`${cell(prop)}\` | \`${cell(type)}\` | ${cell(text)} | ${optional ? cell(shownDefault(fallback)) : ''} |`,
  );
  const head = ['| name | type | what it is | default |', '|---|---|---|---|'];
  return [
    `## ${name}`,
    `*${kind}.* ${doc}`.trim(),
    ...(signature === undefined ? [] : [code(signature)]),
    ...(rows.length > 0 ? [[...head, ...rows].join('\n')] : []),
    ...examples.map(code),
  ].join('\n\n');
}

function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function shownDefault(fallback: string | undefined): string {
  if (fallback === undefined) return '';
  return fallback.startsWith('- ') ? fallback.slice(2) : `\`${fallback}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (require.main === module) for (const [{ file }, text] of pages()) writeFileSync(file, text);
