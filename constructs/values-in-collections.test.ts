import { Testing } from '../core/synth';
import { DrydockError } from '../core/template';
import { HelmChart } from '../core/tree';
import { defineValues, value } from '../core/values';
import { FAMILY, type Member } from '../test/support/family';
import { SecureService } from '.';

/** Values in the place of lists, maps and objects of props, whole or spread: none may be lost without a word. */

const MARK = 'example-mark';
const RANGE = '10.11.12.13/32';
const values = defineValues({
  map: value.map(value.string({ doc: 'd' }), { default: { [MARK]: MARK }, doc: 'd' }),
  list: value.list(value.string({ doc: 'd' }), { default: [MARK], doc: 'd' }),
  ranges: value.list(value.cidr({ doc: 'd' }), { default: [RANGE], doc: 'd' }),
  numbers: value.list(value.port({ doc: 'd' }), { default: [31_317], doc: 'd' }),
  objects: value.list(
    value.object({ name: value.string({ doc: 'd' }), port: value.port({ doc: 'd' }) }, { doc: 'd' }),
    { default: [{ name: MARK, port: 31_317 }], doc: 'd' },
  ),
});
const MARKS = new RegExp(`${MARK}|${RANGE}|31317`);
const GIVEN: readonly (readonly [what: string, given: object])[] = [
  ['a map', values.map],
  ['a map that is spread', { ...values.map }],
  ...(['list', 'ranges', 'numbers', 'objects'] as const).flatMap((name) => [
    [`a value, ${name}`, values[name]] as const,
    [`a value, ${name}, that is spread`, [...values[name]]] as const,
  ]),
];

type Make = (chart: HelmChart, props: object) => unknown;
const MADE: Readonly<Record<string, Make>> = {
  SecureService: (chart, props) =>
    new SecureService(chart, 'one', { image: 'a:1', port: 80, resources: 'small', ...props }),
  ...Object.fromEntries(
    (['SecureWorker', 'SecureAgent'] as Member[]).map((member) => [
      member,
      (chart: HelmChart, props: object) => FAMILY[member].make(chart, { ...FAMILY[member].props, ...props }),
    ]),
  ),
};

/** What is printed, or the refusal. */
function outcome(make: Make, props: object): string | DrydockError {
  try {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    make(chart, props);
    return JSON.stringify(Testing.synth(chart));
  } catch (error) {
    if (error instanceof DrydockError) return error;
    throw error;
  }
}

function namesOf(make: Make): string[] {
  const refused = outcome(make, { '?': 1 });
  return refused instanceof DrydockError ? refused.expected.replace('one of ', '').split(', ') : [];
}

describe.each(Object.entries(MADE))('%s', (_, make) => {
  const names = namesOf(make);
  const taken = new Set<string>();

  test.each(GIVEN)('%s, for any prop, is printed or refused', (__, given) => {
    const outcomes = names.map((name) => [name, outcome(make, { [name]: given })] as const);
    for (const [name, came] of outcomes) if (typeof came === 'string') taken.add(name);
    const lost = outcomes.filter(([, came]) => typeof came === 'string' && !MARKS.test(came));
    expect(lost.map(([name]) => name)).toEqual([]);
    // Most props take no such value; each says where and what to do.
    const refused = outcomes.flatMap(([name, came]) => (came instanceof DrydockError ? [[name, came]] : []));
    for (const [name, { where, remedy }] of refused as [string, DrydockError][]) {
      expect(where).toContain(name);
      expect(remedy).toMatch(/^[A-Z].+[.?]$/s);
    }
  });

  test('what a prop may take of a value is taken', () => {
    expect([...taken]).toEqual(expect.arrayContaining(['args', 'labels', 'addCapabilities', 'nodeSelector']));
  });
});

test.each([
  ['env', { ...values.map }, 'Give a map of values as `extraEnv`, or write the variables one by one.'],
  ['ingress', { host: 'a', paths: values.list }, /one by one/],
  ['loadBalancer', { ...values.map }, 'Give its props one by one: the program has to see which there are.'],
])('%s says what to do instead', (name, given, remedy) => {
  expect(outcome(MADE.SecureService as Make, { [name]: given })).toMatchObject({
    remedy: typeof remedy === 'string' ? remedy : expect.stringMatching(remedy),
    found: 'a value whose entries are not known yet',
  });
});
