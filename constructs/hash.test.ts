import { createHash } from 'node:crypto';
import { Testing } from '../core/synth';
import type { JsonObject, Templated } from '../core/template';
import { HelmChart, KubeObject } from '../core/tree';
import { defineValues, value } from '../core/values';
import { joined, sha256Of, shortHashOf } from './hash';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const values = defineValues({ word: value.string({ default: 'ümläut', doc: 'd' }) });

/** What a text comes to when the chart is installed. */
function installed(text: Templated<string>): unknown {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  new KubeObject(chart, 'c', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c' },
    data: { text },
  } as never);
  const [object] = Testing.synth(chart) as JsonObject[];
  return (object as { data: JsonObject }).data.text;
}

test('texts are hashed as lines: where one ends matters, and so does their order', () => {
  expect(joined(['a', 'b'])).toBe('a\nb');
  expect(joined(['a'])).toBe('a');
  expect(joined([])).toBe('');
  expect(sha256Of(['ü', 'b'])).toBe(sha256('ü\nb'));
  expect(shortHashOf(['ü', 'b'])).toBe(sha256('ü\nb').slice(0, 10));
});

test('one that is known at installation only has the same hash there as its text has here', () => {
  const texts = ['a', values.word, 'b'];
  const written = ['a', 'ümläut', 'b'];
  expect(installed(joined(texts))).toBe(joined(written));
  expect(installed(sha256Of(texts))).toBe(sha256Of(written));
  expect(installed(shortHashOf(texts))).toBe(shortHashOf(written));
});
