import { inFile, type Planted } from '../laws/fresh-modules';

const waves = inFile('gitops/sync/waves.ts');
const gates = inFile('gitops/sync/gates.ts');
const answer = inFile('gitops/measure/answer.ts');
const rollback = inFile('gitops/sync/rollback.ts');
const status = inFile('gitops/sync/status.ts');

export const gateMutants: readonly Planted[] = [
  waves('a gate is not asked', 'gate && (await askGate(gate, wave))', 'undefined as Closed | undefined'),
  waves(
    'the first gate alone is asked',
    'gate && (await askGate(gate, wave))',
    'gate && wave < 2 ? await askGate(gate, wave) : undefined',
  ),
  gates('what is out of bounds passes', 'number >= min && number <= max', 'number >= min || number <= max'),
  gates(
    'who does not answer lets all pass',
    "if (!('number' in answer)) unanswered ??= wordsOf(name, answer);",
    "if (!('number' in answer)) continue;",
  ),
  gates(
    'a silence is evidence against a commit',
    "const since = found.is === 'out of bounds'",
    "const since = found.is !== 'within'",
  ),
  gates(
    'what was answered once is good for ever',
    'performance.now() - known.at < Math.min(everyMs, MOST_MS)',
    'performance.now() - known.at >= 0',
  ),
  answer(
    'NaN and the infinite are nought',
    "if (value === 'NaN' ||",
    "if (value === 'NaN') return { number: 0 };\n  if (",
  ),
  answer(
    'no data is nought',
    'if (result.length === 0)',
    'if (result.length === 0) return { number: 0 };\n  if (result.length < 0)',
  ),
  answer('the first of several series speaks for all', 'if (result.length > 1)', 'if (result.length > 9)'),
  rollback('what a gate refuses is put back by itself', ' && madeOf(one)?.id !== not.id', ''),
  gates(
    'a commit goes back by the first number out of bounds',
    'now.getTime() - Date.parse(since) >= milliseconds(within)',
    'now.getTime() - Date.parse(since) >= 0',
  ),
  status('a gate that is open is said to be closed', 'verdict.gate !== null', 'true'),
];
