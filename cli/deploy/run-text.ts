import type { DeployEvent, OnEvent, Outcome, Report } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { printable } from '../../errors';
import type { Paint } from './colours';

/** A line for what happens; empty for what is not worth one. */
export function eventText(event: DeployEvent, paint: Paint): string {
  if (event.type === 'locked') return `waiting for another run on this release: ${printable(event.by)}\n`;
  if (event.type === 'stage') return paint('grey', `${event.stage} (${event.objects})\n`);
  if (event.type === 'waiting') {
    return paint('grey', `  waiting for ${event.left}: ${inWords(event.first)}: ${printable(event.why)}\n`);
  }
  const { outcome } = event;
  if (outcome.result === 'unchanged') return '';
  const colour = outcome.error ? 'red' : 'green';
  const why = outcome.error ? `: ${printable(outcome.error.message)}` : '';
  return `  ${paint(colour, outcome.result)} ${inWords(outcome)}${why}\n`;
}

/** Tells what happens, as it comes. What is waited for is told when it changes, and not each time it is looked at. */
export function toldTo(tell: (text: string) => void, paint: Paint): OnEvent {
  let last = '';
  return (event) => {
    const text = eventText(event, paint);
    if (text === '' || text === last) return;
    last = text;
    tell(text);
  };
}

/** What a deletion has left in place, and how it is told to go. */
export function keptText(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter(({ result }) => result === 'kept')
    .map((one) => `kept ${inWords(one)}: it goes with --allow-prune-of ${one.kind}/${one.name}\n`)
    .join('');
}

export function reportText({ release, namespace, revision, changed, outcomes }: Report): string {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const told = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  const now = revision === undefined ? 'is gone' : `${changed ? 'is at' : 'stays at'} revision ${revision}`;
  return `release ${release} in namespace ${namespace} ${now}: ${told || 'nothing to do'}\n`;
}
