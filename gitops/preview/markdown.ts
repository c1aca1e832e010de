import { type Action, changesAnything, type FieldChange, type Plan, type PlannedObject } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { stringifyJson } from '../../kube';
import { type Cost, costInWords } from './cost';
import { fenced, inCode, inText, shortened } from './escape';
import type { ClusterPreview, Preview, Refusal } from './preview';

export interface MarkdownOptions {
  /** Of all of it. A comment of GitHub has at most 65,536 characters. @default 60000 */
  readonly mostCharacters?: number;
}

export const MOST_CHARACTERS = 60_000;
const VALUE_CHARACTERS = 2_000;
const OBJECT_LINES = 200;
const TOLD = 20;

const SIGNS: Readonly<Partial<Record<Action, string>>> = {
  create: '+',
  change: '~',
  adopt: '>',
  recreate: '!',
  prune: '-',
  keep: '=',
  forget: '?',
};
const WORDS: ReadonlyArray<readonly [Action, string]> = [
  ['create', 'created'],
  ['change', 'changed'],
  ['adopt', 'adopted'],
  ['recreate', 'deleted and made anew'],
  ['prune', 'deleted'],
  ['keep', 'kept, though no longer in the folder'],
  ['forget', 'forgotten, as they are gone or of others'],
];

/**
 * A preview as a comment. Whatever comes from the commit or the cluster is text and nothing else; of Secrets it has the names
 * of fields.
 *
 * @example
 * const found = await preview({ name: 'shop', point: pointOf('feature/blue') });
 * console.log(previewMarkdown(found, { mostCharacters: 20_000 }));
 */
export function previewMarkdown(
  preview: Preview,
  { mostCharacters = MOST_CHARACTERS }: MarkdownOptions = {},
): string {
  const { application, asked, revision, change, outcome } = preview;
  const isNamed = asked === `commit ${revision}`;
  const of = change === undefined ? '' : `, change ${inCode(change)}`;
  const head = [
    `### ${TITLES[outcome]}: ${inCode(application)}`,
    '',
    `Commit ${inCode(revision)}${of}${isNamed ? '' : `, ${inText(asked)}`}. ${sumOf(preview)}`,
    ...(preview.refused ? ['', refusalLine(preview.refused)] : []),
    ...policyLines(preview),
  ];
  const page = new Page(mostCharacters);
  page.add(head);
  for (const one of preview.clusters) clusterOn(page, one);
  return page.text();
}

const TITLES: Readonly<Record<Preview['outcome'], string>> = {
  nothing: 'Nothing would change',
  changes: 'This would change',
  refused: 'This would be refused',
};

function sumOf({ outcome, clusters }: Preview): string {
  const changed = clusters.filter(({ plan }) => plan && changesAnything(plan)).length;
  if (outcome === 'nothing') return 'All of it is in the cluster already.';
  const many = clusters.length > 1 ? ` in ${changed} of ${clusters.length} clusters` : '';
  return outcome === 'refused'
    ? 'Where something is refused, nothing of it would be applied.'
    : `It changes objects${many}.`;
}

function refusalLine({ code, where, found, expected, remedy }: Refusal): string {
  return `**Refused** (${inCode(code)}) at ${inCode(where)}: ${inText(found)}. Expected: ${inText(expected)}. What to do: ${inText(remedy)}`;
}

function policyLines({ policy }: Preview): string[] {
  return policy.flatMap(({ by, mode, findings, failure }) => {
    const title = `Policy ${inCode(by)} (${mode})`;
    if (failure) return ['', `**${title}** has no verdict.`, '', refusalLine(failure)];
    if (findings.length === 0) return ['', `${title}: nothing was found.`];
    const told = findings.slice(0, TOLD).map(({ rule, object, field, why, fix }) => {
      return `- ${inCode(rule)} at ${inCode(object)} ${inCode(field)}: ${inText(why)} ${inText(fix)}`;
    });
    const more = findings.length > TOLD ? [`- and ${findings.length - TOLD} more`] : [];
    return ['', `**${title}**: ${findings.length} finding(s)`, '', ...told, ...more];
  });
}

function clusterOn(page: Page, { cluster, plan, cost, refused }: ClusterPreview): void {
  const name = cluster === undefined ? [] : ['', `#### Cluster ${inCode(cluster)}`];
  if (refused) page.add([...name, '', refusalLine(refused)]);
  if (!plan) return;
  page.add([...name, '', countsOf(plan), ...(cost ? ['', costLine(cost)] : [])]);
  page.add(plan.problems.slice(0, TOLD).flatMap((problem) => ['', refusalLine(problem)]));
  const changed = plan.objects.filter(({ action }) => action !== 'unchanged');
  for (const [at, one] of changed.entries()) {
    if (page.add(objectLines(one))) continue;
    page.end(['', `And ${changed.length - at} more object(s), for which a comment has no room.`]);
    return;
  }
}

function countsOf({ objects }: Plan): string {
  const counts = WORDS.map(
    ([action, word]) => [objects.filter((one) => one.action === action).length, word] as const,
  );
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => `**${count}** ${word}`);
  const unchanged = objects.filter(({ action }) => action === 'unchanged').length;
  return `${[...told, `${unchanged} as they are`].join(', ')}.`;
}

function costLine({ before, after }: { readonly before: Cost; readonly after: Cost }): string {
  return costInWords(before, after)
    .map((words) => inText(words))
    .join('; ');
}

function objectLines(one: PlannedObject): string[] {
  const title = `<code>${SIGNS[one.action] ?? ' '}</code> ${inCode(inWords(one))}`;
  const note = one.note === undefined ? '' : ` (${inText(one.note)})`;
  const lines = [
    ...one.changes.flatMap(fieldLines),
    ...one.taken.map(({ path, owner }) => `! ${shortened(path, 500)} is taken from ${owner.manager}`),
  ];
  if (lines.length === 0) return ['', `- ${title}${note}`];
  const shown = lines.slice(0, OBJECT_LINES);
  if (lines.length > OBJECT_LINES) shown.push(`  and ${lines.length - OBJECT_LINES} more lines`);
  return ['', `<details><summary>${title}${note}</summary>`, '', fenced(shown, 'diff'), '', '</details>'];
}

function fieldLines({ path, before, after, hidden }: FieldChange): string[] {
  const name = `  ${oneLine(shortened(path, 500))}`;
  if (hidden) return [`${name}: (changed, not shown)`];
  return [
    `${name}:`,
    ...(before === undefined ? [] : valueLines('-', before)),
    ...(after === undefined ? [] : valueLines('+', after)),
  ];
}

function valueLines(sign: string, value: unknown): string[] {
  const text = typeof value === 'string' ? value : stringifyJson(value, 2);
  return shortened(text, VALUE_CHARACTERS)
    .split(/\r\n?|\n/)
    .map((line) => `${sign} ${line}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Lines up to a bound: what does not fit whole is left out, so that nothing is cut in the middle of what it stands in. */
class Page {
  /** For the words that tell what is left out. */
  static readonly #ROOM = 200;
  readonly #most: number;
  readonly #lines: string[] = [];
  #characters = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(lines: readonly string[]): boolean {
    const characters = lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (this.#characters + characters > this.#most - Page.#ROOM) return false;
    this.end(lines);
    return true;
  }

  end(lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.#characters += lines.reduce((sum, line) => sum + line.length + 1, 0);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}
