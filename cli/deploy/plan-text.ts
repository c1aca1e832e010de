import type { Action, FieldChange, Plan, PlannedObject } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { printable } from '../../errors';
import { stringifyJson } from '../../kube';
import type { Colour, Paint } from './colours';

/** The groups of a diff, in their order, with the sign before each object. */
const GROUPS: ReadonlyArray<readonly [Action, string, string, Colour]> = [
  ['create', 'created', '+', 'green'],
  ['change', 'changed', '~', 'yellow'],
  ['adopt', 'adopted', '>', 'yellow'],
  ['recreate', 'deleted and made anew', '!', 'red'],
  ['prune', 'pruned', '-', 'red'],
  ['keep', 'kept, though no longer in the set', '=', 'grey'],
  ['forget', 'forgotten, since they are gone or no longer ours', '?', 'grey'],
];

/** A plan for people: what becomes of each object, field by field. */
export function planText({ objects, leftOut, problems, release, namespace }: Plan, paint: Paint): string {
  const groups = GROUPS.flatMap(([action, title, sign, colour]) => {
    const found = objects.filter((one) => one.action === action);
    if (found.length === 0) return [];
    return [
      paint('bold', `${title} (${found.length})`),
      ...found.flatMap((one) => ofObject(one, sign, colour, paint)),
      '',
    ];
  });
  const unchanged = objects.filter(({ action }) => action === 'unchanged').length;
  const counts = GROUPS.map(
    ([action, title]) => [objects.filter((one) => one.action === action).length, title] as const,
  )
    .filter(([count]) => count > 0)
    .map(([count, title]) => `${count} ${title.split(',')[0]}`);
  const others = leftOut.map((one) => paint('grey', `left out: ${inWords(one)}  (${printable(one.why)})`));
  const refused = problems.flatMap((problem) => [paint('red', `refused: ${printable(problem.message)}`)]);
  const sum = [...counts, `${unchanged} unchanged`].join(', ');
  return `${[...groups, ...others, ...refused, `release ${release} in namespace ${namespace}: ${sum}`].join('\n')}\n`;
}

function ofObject(planned: PlannedObject, sign: string, colour: Colour, paint: Paint): string[] {
  const { note, changes, taken } = planned;
  const title = `${sign} ${inWords(planned)}`;
  const explained = note === undefined ? '' : paint('grey', `  (${printable(note)})`);
  return [
    `${paint(colour, title)}${explained}`,
    ...changes.flatMap((change) => ofField(change, paint)),
    ...taken.map(({ path, owner }) =>
      paint('yellow', `    ${path} is taken from ${owner.manager}${since(owner)}`),
    ),
  ];
}

function ofField({ path, before, after, hidden, owners }: FieldChange, paint: Paint): string[] {
  const others = owners.map((owner) => `${owner.manager}${since(owner)}`).join(', ');
  const owned = others === '' ? '' : paint('grey', `  (of ${others})`);
  if (hidden) return [`    ${path}: (changed, not shown)${owned}`];
  return [
    `    ${path}:${owned}`,
    ...(before === undefined ? [] : lines(before, '-', 'red', paint)),
    ...(after === undefined ? [] : lines(after, '+', 'green', paint)),
  ];
}

function since({ since: at }: { readonly since?: string }): string {
  return at === undefined ? '' : ` since ${at}`;
}

function lines(value: unknown, sign: string, colour: Colour, paint: Paint): string[] {
  const text = typeof value === 'string' ? value : stringifyJson(value, 2);
  return printable(text)
    .split('\n')
    .map((line) => paint(colour, `      ${sign} ${line}`));
}
