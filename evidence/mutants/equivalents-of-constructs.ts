import type { Equivalent } from './equivalents';

export const OF_CONSTRUCTS: readonly Equivalent[] = [
  {
    file: 'constructs/workload/env.ts',
    within: 'const sources = Object.entries(env).filter(([, source]) => !isText(source));',
    was: 'Object.entries(env).filter(([, source]) => !isText(source))',
    becomes: 'Object.entries(env)',
    why: 'a text tells no version and is no key of a secret, so it adds nothing in either of the two places',
  },
  {
    file: 'constructs/workload/references.ts',
    within: "return configMapName === undefined ? [] : [{ kind: 'ConfigMap', name: treeOf(configMapName) }];",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text is of no kind and has no name, so no object is found by it',
  },
  {
    file: 'constructs/workload/references.ts',
    within: 'const { envFrom, extraEnv, volumes, sidecars = [], initContainers = [] } = props;',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'only entries with fields are looked into, and a text has none',
  },
  {
    file: 'constructs/workload/storage.ts',
    within: 'writable = [],',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a file is looked for below its folders, and no absolute path is below that text',
  },
  {
    file: 'constructs/condition.ts',
    within: 'return node !== undefined && !mayBeAbsent(node);',
    was: 'node !== undefined',
    becomes: 'true',
    why: 'it is for the types: both callers ask it of expressions alone, and each carries a node',
  },
  {
    file: 'constructs/secure-cron/schedule.ts',
    within: "const last = range === '*' ? max : to === undefined ? (step ? max : first) : number(to);",
    was: "range === '*'",
    becomes: 'false',
    why: 'a star is then its first value, and a first day or month comes in every year as the whole field does',
  },
  {
    file: 'constructs/workload/replicated.ts',
    within: 'if (!autoscaling) return undefined;',
    was: '!autoscaling',
    becomes: 'false',
    why: 'it is for the types: without it nothing is autoscaled, and the next line makes no object',
  },
  {
    file: 'constructs/workload/hashed-job.ts',
    within: "{ type: 'map', values: { type: 'raw' }, keys: 'any' },",
    was: "{ type: 'raw' }",
    becomes: '{}',
    why: 'the node is printed as a whole, as a map and as JSON, and nobody goes into its entries by their shape',
  },
];
