import { joinTexts, milliCpu, verbatim } from '../../template';
import { below, v } from './testing-only/forms';

// What people read in the templates of a chart, form by form. What the templates mean to helm is asked in test/laws.

test.each<[string, unknown, readonly string[]]>([
  [
    'of texts',
    { a: v.any.equals('x'), b: v.any.notEquals(v.word), c: v.any.contains('x') },
    [
      'a: {{ eq .Values.any "x" }}',
      'b: {{ ne .Values.any .Values.word }}',
      'c: {{ contains "x" .Values.any }}',
    ],
  ],
  [
    'of whole numbers',
    { a: v.count.gt(3), b: v.count.ge(v.port), c: v.count.equals(0) },
    [
      'a: {{ gt (int64 .Values.count) 3 }}',
      'b: {{ ge (int64 .Values.count) (int64 .Values.port) }}',
      'c: {{ eq (int64 .Values.count) 0 }}',
    ],
  ],
  [
    'with a fraction on one side',
    { a: v.ratio.le(1), b: v.count.lt(v.ratio), c: v.ratio.gt(0.5), d: v.count.lt(v.ratio) },
    [
      'a: {{ le (float64 .Values.ratio) 1.0 }}',
      'b: {{ lt (float64 .Values.count) (float64 .Values.ratio) }}',
      'c: {{ gt (float64 .Values.ratio) 0.5 }}',
      'd: {{ lt (float64 .Values.count) (float64 .Values.ratio) }}',
    ],
  ],
  [
    'of conditions',
    { a: v.flag.and(v.other, v.maybe.isSet), b: v.flag.or(v.other).not(), c: v.flag.not().not() },
    [
      'a: {{ and (and .Values.flag .Values.other) (hasKey .Values "maybe") }}',
      'b: {{ not (or .Values.flag .Values.other) }}',
      'c: {{ not (not .Values.flag) }}',
    ],
  ],
  [
    'about what is there',
    { a: v.maybe.isSet, b: v.names.isEmpty, c: v.labels.isEmpty },
    ['a: {{ hasKey .Values "maybe" }}', 'b: {{ empty .Values.names }}', 'c: {{ empty .Values.labels }}'],
  ],
])('a condition: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));

test.each<[string, unknown, readonly string[]]>([
  [
    'of texts',
    { a: v.word.lower(), b: v.word.upper(), c: v.word.labelValue(), d: v.any.base64(), e: v.any.sha256() },
    [
      'a: {{ lower .Values.word | quote }}',
      'b: {{ upper .Values.word | quote }}',
      'c: {{ replace "+" "_" .Values.word | quote }}',
      'd: {{ b64enc .Values.any | quote }}',
      'e: {{ sha256sum .Values.any | quote }}',
    ],
  ],
  [
    'that shortens and counts',
    { a: v.word.shortHash(), b: v.any.byteLength, c: joinTexts(v.names, ', ') },
    [
      'a: {{ trunc 10 (sha256sum .Values.word) | quote }}',
      'b: {{ int64 (len .Values.any) }}',
      'c: {{ join ", " .Values.names | quote }}',
    ],
  ],
  [
    'that keeps a dollar from the kubelet',
    { a: verbatim(v.any) },
    ['a: {{ replace "$" "$$" .Values.any | quote | replace "<" "\\\\u003c" }}'],
  ],
  [
    'amounts of CPU',
    { a: milliCpu(v.amount).gt(5) },
    [
      'a: {{ gt (int64 (ternary (ternary (int64 (trimSuffix "m" .Values.amount)) (int64 (round (mulf (float64 .Values.amount) 1000.0) 0)) (hasSuffix "m" .Values.amount)) -1 (regexMatch "^([1-9][0-9]{0,8}m|[1-9][0-9]{0,4}(\\\\.[0-9]{1,3})?|0\\\\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$" .Values.amount))) 5 }}',
    ],
  ],
])('a function: %s', (_what, tree, lines) => expect(below(tree)).toEqual(lines));
