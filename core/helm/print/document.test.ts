import { Expression, Loop, NODE, Node, text } from '../../template';
import { printed, v } from './testing-only/forms';

// What people read in the templates of a chart, form by form. What the templates mean to helm is asked in test/laws.

test('the document of an object under a condition, which is not asked again in it', () => {
  const cond = v.flag.and(v.maybe.isSet)[NODE];
  const tree = { a: v.flag.then('x', 'y'), b: v.maybe, c: v.other.then('z') };
  expect(printed(tree, [{ kind: 'when', cond }])).toEqual([
    '{{- if and .Values.flag (hasKey .Values "maybe") }}',
    'a: x',
    'b: {{ .Values.maybe | quote | replace "<" "\\\\u003c" }}',
    '{{- if .Values.other }}',
    'c: z',
    '{{- end }}',
    '{{- end }}',
  ]);
  // A second guard that is the first again.
  const twice = [v.flag, v.flag].map(({ [NODE]: guard }) => ({ kind: 'when', cond: guard }) as const);
  expect(printed({ a: 1 }, twice)).toEqual(['{{- if .Values.flag }}', 'a: 1', '{{- end }}']);
});

const named = (name: unknown) => ({ metadata: { name }, a: 1 });
const item = (loop: Loop, path: readonly string[] = []) =>
  new Node({ op: 'item', loop, path, optional: false }, { type: 'string', text: 'plain' });

test('documents of a loop are apart, and helm fails where two would have one name', () => {
  const loop = new Loop({ type: 'string', text: 'plain' });
  const guards = [{ kind: 'forEach', over: v.names[NODE], loop }] as const;
  expect(printed(named(new Expression(item(loop))), guards)).toEqual([
    '{{- $_names := dict }}',
    '{{- range $name := .Values.names }}',
    '{{- $_name := $name }}',
    '{{- if hasKey $_names $_name }}{{ fail (printf "two objects of this chart would be called %s; let the list hold each name once" $_name) }}{{ end }}',
    '{{- $_ := set $_names $_name true }}',
    '---',
    'metadata:',
    '  name: {{ $name | quote }}',
    'a: 1',
    '{{- end }}',
  ]);
});

test('names that are the keys of the one loop, with the same around them, are not compared', () => {
  const loop = new Loop({ type: 'string', text: 'plain' }, { type: 'string', text: 'plain' });
  const guards = [{ kind: 'forEach', over: v.labels[NODE], loop }] as const;
  const key = new Expression<string>(new Node({ op: 'key', loop }, { type: 'string', text: 'plain' }));
  const entry = new Expression<string>(item(loop));
  const compares = (name: unknown) => printed(named(name), guards).includes('{{- $_names := dict }}');
  expect(printed(named(text`${v.word}-${key}`), guards)).toEqual([
    '{{- range $labelKey, $label := .Values.labels }}',
    '---',
    'metadata:',
    '  name: "{{ $.Values.word }}-{{ $labelKey }}"',
    'a: 1',
    '{{- end }}',
  ]);
  expect([compares(key), compares(text`x-${key}`)]).toEqual([false, false]);
  // A condition around the loop changes nothing about its names.
  const asked = [{ kind: 'when', cond: v.flag[NODE] }, ...guards] as const;
  expect(printed(named(key), asked)).not.toContain('{{- $_names := dict }}');
  // Two keys with one entry, an entry beside the key that may make two of them alike, and no name of the loop at all.
  expect([compares(entry), compares(text`${key}${entry}`), compares('fixed'), compares(v.word)]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  const inner = new Loop({ type: 'string', text: 'plain' });
  const two = [...guards, { kind: 'forEach', over: v.names[NODE], loop: inner }] as const;
  expect(printed(named(key), two)).toContain('{{- $_names := dict }}');
  expect(printed(named(key), two)).toContain('{{- range $name := $.Values.names }}');
});

test('the entry of a loop is refused outside of it', () => {
  const loop = new Loop({ type: 'string', text: 'plain' });
  expect(() => printed({ a: new Expression(item(loop)) })).toThrow(
    expect.objectContaining({ code: 'ENTRY_OUTSIDE_LOOP', where: 'here' }),
  );
});
