import type { Mutant } from './run';

/** A change of the code that changes no behaviour, judged by a person. */
export interface Equivalent extends Pick<Mutant, 'file' | 'within' | 'was' | 'becomes'> {
  readonly why: string;
}

const KUBE: readonly Equivalent[] = [
  {
    file: 'kube/watch/watch.ts',
    within: 'events += 1;',
    was: 'events += 1',
    becomes: 'events -= 1',
    why: 'it is compared with 0 alone, to know whether there was any',
  },
];

const SANDBOX: readonly Equivalent[] = [];

const POLICY: readonly Equivalent[] = [];

const CORE: readonly Equivalent[] = [
  {
    file: 'core/props/texts.ts',
    within: "const pattern = limits.pattern === undefined ? undefined : new RegExp(limits.pattern, 'u');",
    was: 'limits.pattern === undefined',
    becomes: 'false',
    why: 'a regular expression of undefined is the empty one, which every text fits',
  },
  {
    file: 'core/props/texts.ts',
    within: "if (shape?.type === 'string' && shape.choices?.every(fits)) return [];",
    was: "shape?.type === 'string'",
    becomes: 'true',
    why: 'an expression has a shape, and only that of a text has choices',
  },
  {
    file: 'core/schema/rules/ranges.ts',
    within:
      "const [, address = '', prefix = ''] = typeof text === 'string' ? (/^([^/]+)\\/(\\d+)$/.exec(text) ?? []) : [];",
    was: "typeof text === 'string'",
    becomes: 'true',
    why: 'the rule runs only where the schema found a text, or nothing, and "undefined" is no range either',
  },
  {
    file: 'core/synth/yaml/stringify.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the code
    within: "return printer.isOdd || text === '{}' ? undefined : `${text}\\n`;",
    was: "text === '{}'",
    becomes: 'false',
    why: 'the library prints an empty map with the same bytes; a list or a scalar does not come here',
  },
];

const PRINT: readonly Equivalent[] = [];

const CLI: readonly Equivalent[] = [
  {
    file: 'cli/explain-report.ts',
    within: 'const narrow = value.path.length < asked.length ? asked : value.path;',
    was: 'value.path.length < asked.length',
    becomes: 'value.path.length <= asked.length',
    why: 'one of the two leads to the other, so where they are as long they are the same',
  },
  {
    file: 'cli/uncaught-error.ts',
    within: 'for (const line of lines.slice(-LAST_LINES).reverse()) {',
    was: 'lines.slice(-LAST_LINES)',
    becomes: 'lines',
    why: 'what is looked for has at most so many lines and ends with the text; fewer are only looked at sooner',
  },
];

const CHECK: readonly Equivalent[] = [
  {
    file: 'check/rules/availability.ts',
    within:
      'target?.kind === object.kind && target?.name === object.metadata?.name && inSameNamespace(one, object)',
    was: 'target?.name',
    becomes: 'target.name',
    why: 'a target that is missing has no kind, and is left before',
  },
];

const CONSTRUCTS: readonly Equivalent[] = [
  {
    file: 'constructs/secure-service/env.ts',
    within: 'const sources = Object.entries(env).filter(([, source]) => !isText(source));',
    was: 'Object.entries(env).filter(([, source]) => !isText(source))',
    becomes: 'Object.entries(env)',
    why: 'a text tells no version and is no key of a secret, so it adds nothing in either of the two places',
  },
  {
    file: 'constructs/secure-service/references.ts',
    within: "return configMapName === undefined ? [] : [{ kind: 'ConfigMap', name: treeOf(configMapName) }];",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text is of no kind and has no name, so no object is found by it',
  },
];

const DEPLOY: readonly Equivalent[] = [];

/** Only changes that no test could ever notice. One that is merely hard to test is listed as a survivor. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...KUBE,
  ...SANDBOX,
  ...POLICY,
  ...CORE,
  ...PRINT,
  ...CLI,
  ...CHECK,
  ...CONSTRUCTS,
  ...DEPLOY,
];

export function equivalentOf(mutant: Mutant): Equivalent | undefined {
  return EQUIVALENTS.find(
    ({ file, within, was, becomes }) =>
      file === mutant.file && within === mutant.within && was === mutant.was && becomes === mutant.becomes,
  );
}
