import { canonicalJson, Expression, Loop, Node, Owner, text, treeOf } from '../../template';
import { Scope } from './scope';
import { printed, spread, v } from './testing-only/forms';

// What no template of helm says exactly is refused with the place and a way out; nothing is printed that means nearly that.

test.each<[string, () => unknown, found: string]>([
  [
    'a helper that is spread, whose keys may be left out',
    () => ({ own: 1, ...spread({ a: v.maybe }) }),
    'the spread of a helper whose keys may be left out',
  ],
  [
    'a map that is put together, as JSON',
    () => canonicalJson(treeOf({ a: { ...v.labels, own: 'x' } }) as never),
    'a list or map that is put together, where only a scalar or a value of the chart can be',
  ],
  [
    'a map with a key that may be left out, as JSON',
    () => canonicalJson(treeOf({ a: v.maybe })),
    'the key a, which may be left out, in a map that is asked about',
  ],
  [
    'a list with an entry that may be left out, as JSON',
    () => canonicalJson(treeOf({ a: ['x', v.maybe] })),
    'an entry that may be left out, in a list that is asked about',
  ],
  [
    'the first of entries with a key that may be left out',
    () => v.hosts.map((host) => ({ port: host.port })).isEmpty.then('none', 'some'),
    'the key port, which may be left out, in a map that is asked about',
  ],
])('%s', (_what, tree, found) => {
  expect(() => printed({ a: tree() })).toThrow(
    expect.objectContaining({
      code: 'CANNOT_PRINT',
      where: 'here',
      found,
      expected: 'something that a Helm template can say exactly',
      remedy: expect.stringMatching(/^Move the condition out/),
    }),
  );
});

test.each<[string, () => unknown]>([
  [
    'a list that is put together',
    () => v.hosts.map((host) => ({ port: host.port })).isEmpty.then('none', 'some'),
  ],
  ['maps that are spread', () => ({ ...v.labels, ...v.ports })],
  ['a map as JSON', () => canonicalJson(treeOf({ a: { b: v.maybe } }))],
  ['a list as JSON', () => canonicalJson(treeOf({ a: ['x', v.maybe] }))],
])('of %s the line of the program is told', (_what, tree) => {
  expect(() => printed({ a: tree() })).toThrow(
    expect.objectContaining({ code: 'CANNOT_PRINT', line: expect.stringMatching(/refusals\.test\.ts:\d+$/) }),
  );
});

test('what is nearest to them is printed', () => {
  expect(printed({ a: ['a', ...v.names], b: { own: 1, ...spread({ a: 'x' }) } })).toEqual([
    'a:',
    '  - a',
    '  {{- with .Values.names }}',
    '  {{- toYaml . | nindent 2 }}',
    '  {{- end }}',
    'b:',
    '  own: 1',
    '  {{- include "chart.helper" . | nindent 2 }}',
  ]);
  expect(
    printed({ a: canonicalJson(treeOf({ a: v.word, b: { c: ['x', ...v.names] }, d: undefined })) }),
  ).toEqual([
    'a: {{ toJson (dict "a" .Values.word "b" (dict "c" (concat (list "x") .Values.names))) | quote | replace "<" "\\\\u003c" }}',
  ]);
});

test.each([
  ['.Values.names', 'name'],
  ['$.Values.hosts', 'host'],
  ['.Values.env', 'item'],
  ['.Values.bus', 'item'],
  ['(index .Values "my-hosts")', 'myhost'],
  ['$host.ports', 'port'],
])('the variable of a loop over %s is called after one entry: %s', (over, name) => {
  const loop = new Loop({ type: 'string', text: 'plain' });
  const scope = Scope.top('here').inside(loop, over);
  expect([scope.itemVariable(loop), scope.keyVariable(loop)]).toEqual([`$${name}`, `$${name}Key`]);
  expect([scope.root, scope.prefix, Scope.top('here').root, Scope.top('here').prefix]).toEqual([
    '$',
    '$',
    '.',
    '',
  ]);
});

test('loops in each other have variables of their own, keys included', () => {
  const loops = Array.from({ length: 4 }, () => new Loop({ type: 'string', text: 'plain' }));
  const overs = ['.Values.names', '$.Values.names', '$.Values.nameKeys', '$.Values.names'];
  const scope = loops.reduce(
    (outer, loop, index) => outer.inside(loop, overs[index] as string),
    Scope.top('here'),
  );
  expect(loops.map((loop) => scope.itemVariable(loop))).toEqual(['$name', '$name2', '$nameKey2', '$name3']);
});

test('what only helm says is known in a chart, and not asked', () => {
  const isHelm = new Expression<string>(
    new Node({ op: 'builtin', name: 'Release.Service' }, { type: 'string', text: 'plain' }),
  ).equals('Helm');
  expect(printed({ a: isHelm.then('x', 'y'), b: isHelm.not().then('z'), c: 1 })).toEqual(['a: x', 'c: 1']);
  // In a loop too, where the root is `$`.
  expect(printed({ a: v.names.map((name) => ({ name, b: isHelm.then('x', 'y') })) })).toContain('    b: x');
});

test('what is known around a loop is known after it too', () => {
  expect(
    printed({ a: v.flag.then({ b: v.names.map((name) => text`${name}`), c: v.flag.then('x') }) }),
  ).toEqual([
    '{{- if .Values.flag }}',
    'a:',
    '  b:',
    '    {{- if not (empty .Values.names) }}',
    '    {{- range $name := .Values.names }}',
    '    - "{{ $name }}"',
    '    {{- end }}',
    '    {{- else }}',
    '    []',
    '    {{- end }}',
    '  c: x',
    '{{- end }}',
  ]);
});

test('an object of which a text needs quotes is written field by field', () => {
  const field = (text: 'plain' | 'any') => ({ shape: { type: 'string', text }, optional: false }) as const;
  const host = (path: readonly string[]) =>
    new Expression(
      new Node(
        { op: 'value', owner: new Owner('values', 1, ''), path, optional: false },
        { type: 'object', fields: { name: field('any'), zone: field('plain') } },
      ),
    );
  expect(printed({ a: host(['host']) })).toEqual([
    'a:',
    '  name: {{ .Values.host.name | quote | replace "<" "\\\\u003c" }}',
    '  zone: {{ .Values.host.zone | quote }}',
  ]);
});
