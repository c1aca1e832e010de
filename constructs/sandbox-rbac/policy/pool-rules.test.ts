import { MARKS_OF_STATE, POOL_MARKS, POOL_TRANSITIONS } from '../../../sandbox/spec';
import { POOL_RULES } from './pool-rules';
import type { Rule } from './rule';

// What the expressions mean to an API server is asked in test/sandbox-runtime/pool.real.test.ts. Here is what people read
// of them in their policy: every line of the tables is in it, and nothing that is in no table.

const NOW = "variables.job.metadata.?labels.orValue({})[?'pool.drydock.dev/state'].orValue('')";
const WAS = "variables.oldJobMeta.?labels.orValue({})[?'pool.drydock.dev/state'].orValue('')";
const ruleFor = (path: string): Rule | undefined => POOL_RULES.find((rule) => rule.path === path);

test('all of them are about Jobs, when spec or labels change', () => {
  for (const { part, when } of POOL_RULES) expect([part, when]).toEqual(['job', undefined]);
});

test('a state begins as warm, goes one way, or stays', () => {
  expect(ruleFor(`metadata.labels.${POOL_MARKS.state}`)).toMatchObject({
    holds: `${NOW} == ${WAS} || request.operation == 'CREATE' && ${NOW} == 'warm' || ${WAS} == 'warm' && ${NOW} in ['claimed', 'retired']`,
    found: NOW,
  });
});

test.each([
  ['id', "['warm', 'claimed', 'retired']"],
  ['holder', "['warm', 'claimed', 'retired']"],
  ['owner', "['claimed']"],
  ['nonce', "['claimed']"],
] as const)(
  'the mark %s is there in the states %s and in no other, has a value, and never changes',
  (mark, states) => {
    const key = POOL_MARKS[mark];
    const [now, was] = ['variables.job.metadata', 'variables.oldJobMeta'].map(
      (at) => `${at}.?labels.orValue({})[?'${key}']`,
    );
    expect(ruleFor(`metadata.labels.${key}`)?.holds).toBe(
      `('${key}' in variables.job.metadata.?labels.orValue({})) == (${NOW} in ${states}) && ` +
        `${now}.orValue('-') != '' && (!${was}.hasValue() || ${now} == ${was})`,
    );
  },
);

test('a claim needs the template of now, and what is not claimed keeps its idle limit', () => {
  expect(ruleFor('metadata.annotations.drydock.dev/template')?.holds).toBe(
    `!(${WAS} == 'warm' && ${NOW} == 'claimed') || ` +
      "variables.job.metadata.?annotations.orValue({})[?'drydock.dev/template'].orValue('') == variables.allowed['drydock.dev/template']",
  );
  expect(ruleFor('spec.activeDeadlineSeconds')?.holds).toBe(
    `!(${WAS} == 'warm') || ${NOW} == 'claimed' || ` +
      'variables.jobSpec.?activeDeadlineSeconds.orValue(0) <= variables.old.?spec.?activeDeadlineSeconds.orValue(0)',
  );
});

test('the tables are whole: each state has its marks, and each that it may become is a state', () => {
  const states = Object.keys(POOL_TRANSITIONS);
  expect(Object.keys(MARKS_OF_STATE)).toEqual(states);
  for (const to of Object.values(POOL_TRANSITIONS).flat()) expect(states).toContain(to);
  expect(MARKS_OF_STATE.claimed).toEqual(Object.keys(POOL_MARKS));
});
