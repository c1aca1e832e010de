import { DeployError, type Outcome, type Report } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { plain } from './colours';
import { eventText, keptText, reportText, toldTo } from './run-text';

const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const outcome = (result: Outcome['result'], error?: DeployError): Outcome => ({
  ...web,
  result,
  ...(error && { error }),
});
const refused = new DeployError('OBJECT_REFUSED', {
  where: 'x',
  found: 'a\u001b[2J',
  expected: 'z',
  remedy: 'Mend it.',
});

test('an object is told with its namespace, where it has one', () => {
  expect(inWords(web)).toBe('Deployment shop/web');
  expect(inWords({ group: '', kind: 'Namespace', name: 'shop' })).toBe('Namespace shop');
});

test('each thing that happens is a line; an object that did not change is none', () => {
  const said = (event: Parameters<typeof eventText>[0]) => eventText(event, plain);
  expect(said({ type: 'locked', by: 'me\u0007' })).toBe('waiting for another run on this release: me^G\n');
  expect(said({ type: 'stage', stage: 'workloads', objects: 2 })).toBe('workloads (2)\n');
  expect(said({ type: 'waiting', left: 3, first: web, why: '0 of 2 ready', objects: [] })).toBe(
    '  waiting for 3: Deployment shop/web: 0 of 2 ready\n',
  );
  expect(said({ type: 'object', outcome: outcome('applied') })).toBe('  applied Deployment shop/web\n');
  expect(said({ type: 'object', outcome: outcome('unchanged') })).toBe('');
  expect(said({ type: 'object', outcome: outcome('failed', refused) })).toBe(
    '  failed Deployment shop/web: OBJECT_REFUSED at x: found a^[[2J; expected z. Mend it.\n',
  );
});

test('what went well is green, what did not is red, and what is on its way is grey', () => {
  const colourOf = (event: Parameters<typeof eventText>[0]) => {
    const colours: string[] = [];
    eventText(event, (colour, text) => {
      colours.push(colour);
      return text;
    });
    return colours;
  };
  expect(colourOf({ type: 'object', outcome: outcome('applied') })).toEqual(['green']);
  expect(colourOf({ type: 'object', outcome: outcome('failed', refused) })).toEqual(['red']);
  expect(colourOf({ type: 'stage', stage: 'workloads', objects: 2 })).toEqual(['grey']);
  expect(colourOf({ type: 'waiting', left: 1, first: web, why: '', objects: [] })).toEqual(['grey']);
});

test('a line is told when it changes, and not each time', () => {
  const told: string[] = [];
  const tell = toldTo((text) => told.push(text), plain);
  const waiting = (why: string) => tell({ type: 'waiting', left: 1, first: web, why, objects: [] });
  for (const why of ['a', 'a']) waiting(why);
  tell({ type: 'object', outcome: outcome('unchanged') });
  for (const why of ['a', 'b', 'a']) waiting(why);
  expect(told.map((line) => line.slice(-2, -1))).toEqual(['a', 'b', 'a']);
});

test.each<[Partial<Report>, string]>([
  [
    { revision: 2, outcomes: [outcome('applied'), outcome('pruned'), outcome('applied')] },
    'is at revision 2: 2 applied, 1 pruned',
  ],
  [{ revision: 2, changed: false, outcomes: [outcome('unchanged')] }, 'stays at revision 2: 1 unchanged'],
  [{ revision: 2, changed: false, outcomes: [] }, 'stays at revision 2: nothing to do'],
  [{ revision: undefined, outcomes: [outcome('pruned')] }, 'is gone: 1 pruned'],
])('a report is one sentence: %j', (report, sentence) => {
  const whole = { release: 'one', namespace: 'shop', revision: 1, changed: true, outcomes: [], ...report };
  expect(reportText(whole as Report)).toBe(`release one in namespace shop ${sentence}\n`);
});

test('what a deletion keeps is told with how it is told to go, and nothing else is', () => {
  const kept: Outcome = { group: '', kind: 'Namespace', name: 'shop', result: 'kept' };
  const claim: Outcome = { ...web, kind: 'PersistentVolumeClaim', name: 'data', result: 'kept' };
  expect(keptText([outcome('pruned'), kept, claim, outcome('forgotten')])).toBe(
    `kept Namespace shop: it goes with --allow-prune-of Namespace/shop
kept PersistentVolumeClaim shop/data: it goes with --allow-prune-of PersistentVolumeClaim/data
`,
  );
  expect(keptText([outcome('pruned')])).toBe('');
});
