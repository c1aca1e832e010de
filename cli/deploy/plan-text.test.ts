import { DeployError, type Plan } from '../../deploy';
import { paintFor, plain } from './colours';
import { planText } from './plan-text';

const plan: Plan = {
  release: 'shop',
  namespace: 'here',
  objects: [
    {
      ...one('web', 'change'),
      changes: [field('spec.replicas', 1, 2, 'kubectl'), { ...field('data.a'), hidden: true }],
    },
    { ...one('old', 'keep'), note: 'a Namespace is pruned by name only' },
    {
      ...one('mine', 'adopt'),
      taken: [{ path: 'data.x', owner: { manager: 'helm', since: '2026-01-01T00:00:00Z' } }],
    },
    one('same', 'unchanged'),
  ],
  leftOut: [{ group: 'batch', kind: 'Job', namespace: 'here', name: 'bye', why: 'a hook of deletions' }],
  problems: [],
};

function one(name: string, action: Plan['objects'][number]['action']): Plan['objects'][number] {
  return { group: '', kind: 'ConfigMap', namespace: 'here', name, action, changes: [], taken: [] };
}

function field(path: string, before?: unknown, after?: unknown, manager?: string) {
  const owners = manager === undefined ? [] : [{ manager }];
  return { path, hidden: false, owners, ...(before === undefined ? {} : { before, after }) };
}

test('objects are grouped, with their fields, owners and reasons, and counted', () => {
  expect(planText(plan, plain)).toBe(`changed (1)
~ ConfigMap here/web
    spec.replicas:  (of kubectl)
      - 1
      + 2
    data.a: (changed, not shown)

adopted (1)
> ConfigMap here/mine
    data.x is taken from helm since 2026-01-01T00:00:00Z

kept, though no longer in the set (1)
= ConfigMap here/old  (a Namespace is pruned by name only)

left out: Job here/bye  (a hook of deletions)
release shop in namespace here: 1 changed, 1 adopted, 1 kept, 1 unchanged
`);
});

test('a field that is new has no line of before, one that goes none of after; what is no text is told as JSON', () => {
  const changes = [
    { path: 'data.new', hidden: false, owners: [], after: 'x' },
    { path: 'data.old', hidden: false, owners: [], before: { a: 9_007_199_254_740_993n } },
  ];
  const [, , ...lines] = planText({ ...plan, objects: [{ ...one('web', 'change'), changes }] }, plain).split(
    '\n',
  );
  expect(lines.slice(0, 7)).toEqual([
    '    data.new:',
    '      + x',
    '    data.old:',
    '      - {',
    '      -   "a": 9007199254740993',
    '      - }',
    '',
  ]);
});

test('all that can become of an object has its group, in the order of what it does', () => {
  const actions = ['create', 'change', 'adopt', 'recreate', 'prune', 'keep', 'forget'] as const;
  const objects = [...actions].reverse().map((action) => one(action, action));
  const told = planText({ ...plan, objects }, plain);
  expect(told.split('\n').filter((line) => line.endsWith('(1)'))).toEqual([
    'created (1)',
    'changed (1)',
    'adopted (1)',
    'deleted and made anew (1)',
    'pruned (1)',
    'kept, though no longer in the set (1)',
    'forgotten, since they are gone or no longer ours (1)',
  ]);
  expect(told.match(/^[+~>!=?-] /gm)?.join('')).toBe('+ ~ > ! - = ? ');
  expect(told).toContain(
    'here: 1 created, 1 changed, 1 adopted, 1 deleted and made anew, 1 pruned, 1 kept, 1 forgotten, 0 unchanged\n',
  );
});

test('what is added is green, what is taken away red, what is changed yellow, and what matters less grey', () => {
  const painted = planText(
    {
      ...plan,
      objects: [
        { ...one('web', 'change'), changes: [field('data.a', 'x', 'y', 'kubectl')], note: 'n' },
        { ...one('mine', 'adopt'), taken: [{ path: 'data.x', owner: { manager: 'helm' } }] },
        one('new', 'create'),
        one('old', 'prune'),
        one('stays', 'keep'),
      ],
      problems: [new DeployError('OBJECT_REFUSED', { where: 'x', found: 'y', expected: 'z', remedy: '.' })],
    },
    (colour, text) => `<${colour}>${text}`,
  );
  for (const line of [
    '<bold>changed (1)',
    '<yellow>~ ConfigMap here/web<grey>  (n)',
    '    data.a:<grey>  (of kubectl)',
    '<red>      - x',
    '<green>      + y',
    '<yellow>    data.x is taken from helm',
    '<green>+ ConfigMap here/new',
    '<red>- ConfigMap here/old',
    '<grey>= ConfigMap here/stays',
  ])
    expect(painted.split('\n')).toContain(line);
  expect(painted).toContain('<red>refused: OBJECT_REFUSED');
});

test('an object without a namespace is told by its name', () => {
  const { namespace: _, ...cluster } = { ...one('blue', 'create'), kind: 'Namespace' };
  expect(planText({ ...plan, objects: [cluster] }, plain)).toContain('\n+ Namespace blue\n');
});

test('what an object says cannot drive a terminal', () => {
  const changes = [field('data.a', 'x', 'a\u001b[2Jb\nc')];
  const told = planText({ ...plan, objects: [{ ...one('web', 'change'), changes }] }, plain);
  expect(told).not.toContain('\u001b');
  expect(told).toContain('      + a^[[2Jb\n      + c\n');
});

test('refusals are told with all their facts', () => {
  const facts = { where: 'x', found: 'y', expected: 'z', remedy: 'Mend it.' };
  const told = planText(
    { ...plan, objects: [], problems: [new DeployError('OBJECT_REFUSED', facts)] },
    plain,
  );
  expect(told).toContain('refused: OBJECT_REFUSED at x: found y; expected z. Mend it.');
});

test('there is colour on a terminal only, and none where it is not wanted', () => {
  const painted = (stream: { isTTY?: boolean }, env: Record<string, string> = {}) =>
    paintFor(stream, env)('red', 'x');
  expect(painted({ isTTY: true })).toBe('\u001b[31mx\u001b[0m');
  expect(painted({})).toBe('x');
  expect(painted({ isTTY: true }, { NO_COLOR: '1' })).toBe('x');
  expect(painted({ isTTY: true }, { TERM: 'dumb' })).toBe('x');
});
