import { OF_CONSTRUCTS } from './equivalents-of-constructs';
import { OF_PROGRAMS } from './equivalents-of-programs';
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
  {
    file: 'kube/api-error.ts',
    within: "function kindOf(statusCode: number, { reason = '', message = '' }: ApiStatus): Kind {",
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'neither is a reason, or a message, that is looked for',
  },
  ...(
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
      ['`WATCH ${path}`', '``'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
      ['(error) => finish(transportError(`WATCH ${path}`, error, true))', '() => undefined'],
    ] as const
  ).map(([was, becomes]) => ({
    file: 'kube/watch/watch.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the code
    within: '(error) => finish(transportError(`WATCH ${path}`, error, true)),',
    was,
    becomes,
    why: 'each failure is the answer of what runs there, which throws only where the watch has ended already',
  })),
  {
    file: 'kube/stream/stream-socket.ts',
    within: 'if (full && !this.#socket.isPaused) this.#socket.pause();',
    was: 'full && !this.#socket.isPaused',
    becomes: 'true',
    why: 'what is paused twice is paused; where there is room the next line goes on, and a frame was heard in that moment',
  },
];

const SANDBOX: readonly Equivalent[] = [
  {
    file: 'sandbox/job/start-job.ts',
    within: "const container = pod.spec?.containers[0]?.name ?? '';",
    was: 'pod.spec?.containers[0]?.name',
    becomes: 'pod.spec?.containers[0].name',
    why: 'it is for the types: an API server takes no pod without a container',
  },
  {
    file: 'sandbox/spec/props-shape.ts',
    within: "if (shape?.type !== 'list' || shape.items.type !== 'string') return false;",
    was: 'shape?.type',
    becomes: 'shape.type',
    why: 'it is for the types: every expression carries a node, and every node has a shape',
  },
  {
    file: 'sandbox/spec/refuse-run.ts',
    within: 'const [{ image, command = [], env = [] }] = spec.template.spec.containers;',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'the command of a template is required; and one short word is far below the bound that is all it is asked for',
  },
];

const POLICY: readonly Equivalent[] = [
  {
    file: 'constructs/sandbox-rbac/policy/derive.ts',
    within: "} else if (op.op === 'value' && op.owner === TEMPLATE) {",
    was: "op.op === 'value'",
    becomes: 'true',
    why: 'only such a node has an owner',
  },
  {
    file: 'constructs/sandbox-rbac/policy/sandbox-policy.ts',
    within: "const own = isNode(labels) && labels.op.op === 'merge' ? labels.op.own : labels;",
    was: "labels.op.op === 'merge'",
    becomes: 'true',
    why: 'another node has no entries of its own, and is no map either',
  },
  {
    file: 'constructs/sandbox-rbac/policy/sandbox-policy.ts',
    within: 'return isTreeMap(own) ? Object.entries(own) : [];',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'it is for the types: a template always writes two labels',
  },
];

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
  {
    file: 'core/helm/helpers.ts',
    within: "const body = op.op === 'fragment' ? helperBody(op.body, where) : [];",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'it is for the types: only fragments are collected',
  },
  {
    file: 'core/helm/helpers.ts',
    within: "const body = op.op === 'fragment' ? helperBody(op.body, where) : [];",
    was: "op.op === 'fragment'",
    becomes: 'true',
    why: 'it is for the types: only fragments are collected',
  },
  {
    file: 'core/helm/assertions.ts',
    within:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the code
      "const condition = installed.length === 1 ? installed[0]?.slice(1, -1) : `and ${installed.join(' ')}`;",
    was: 'installed[0]?.slice',
    becomes: 'installed[0].slice',
    why: 'it is for the types: a list of one has a first',
  },
  {
    file: 'core/template/build.ts',
    within: "if (OF_ASCII.includes(how) && !(arg.shape.type === 'string' && arg.shape.text === 'plain')) {",
    was: "arg.shape.type === 'string'",
    becomes: 'true',
    why: 'it is for the types: what is no text has no alphabet, so it is not plain',
  },
];

const PRINT: readonly Equivalent[] = [
  {
    file: 'core/helm/print/pipeline.ts',
    within: "if (key === undefined) throw new TypeError('the entry of a loop is always there');",
    was: "'the entry of a loop is always there'",
    becomes: '""',
    why: 'it is for the types: what is always there is not asked for',
  },
];

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
  ...['revision', 'state', 'at'].map((field) => ({
    file: 'cli/deploy/status.ts',
    within:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the code
      'const title = `release ${release} in namespace ${namespace}, revision ${newest?.revision} (${newest?.state}) of ${newest?.at}\\n`;',
    was: `newest?.${field}`,
    becomes: `newest.${field}`,
    why: 'it is for the types: a release is remembered with its first revision',
  })),
];

const CHECK: readonly Equivalent[] = [
  {
    file: 'check/read.ts',
    within: 'if (written !== undefined) return [written];',
    was: 'written !== undefined',
    becomes: 'false',
    why: 'what a program has written as JSON is YAML too, which is read more slowly and as the same',
  },
  {
    file: 'check/rules/workloads.ts',
    within: "const words = (hook?.exec?.command ?? []).join(' ');",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'the word for a sleep is not in that text',
  },
  {
    file: 'check/rules/network.ts',
    within: 'const declared = containersOf(pods).flatMap(({ container }) => container.ports ?? []);',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has no name, so it is no port',
  },
  ...['number !== undefined', 'from !== undefined && number !== undefined'].map((was) => ({
    file: 'check/rules/network.ts',
    within:
      'return from !== undefined && number !== undefined && number >= from && number <= (endPort ?? from);',
    was,
    becomes: 'true',
    why: 'it is for the types: what is not there is neither more nor less than a number',
  })),
];

const DEPLOY: readonly Equivalent[] = [
  {
    file: 'deploy/cluster/kinds.ts',
    within:
      'const others = Object.keys(kinds).filter((one) => groupOf(one) === group && kinds[one]?.[kind]);',
    was: 'kinds[one]?.[kind]',
    becomes: 'kinds[one][kind]',
    why: 'the key was read from that very map; only the compiler does not know it',
  },
];

const ERRORS: readonly Equivalent[] = [
  {
    file: 'errors/shown.ts',
    within: '} catch {',
    was: '{\n    return false;\n  }',
    becomes: '{}',
    why: 'it is asked as a condition only, and undefined is false there',
  },
  {
    file: 'errors/shown.ts',
    within: '} catch {',
    was: '{\n    // It throws when it is read, or holds itself.\n    return undefined;\n  }',
    becomes: '{}',
    why: 'a function that ends without a word gives undefined',
  },
  {
    file: 'errors/shown.ts',
    within: 'function written(given: unknown, room: number, within: readonly object[] = []): string {',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'only objects are looked for in it, and a text is none',
  },
  {
    file: 'errors/shown.ts',
    within: "if (within.includes(given)) throw new Error('it holds itself');",
    was: "'it holds itself'",
    becomes: '""',
    why: 'it is caught in the same file, and its words are not read',
  },
  {
    file: 'errors/shown.ts',
    within: 'text += written(member, Math.max(0, room - text.length), [...within, given]);',
    was: 'room - text.length',
    becomes: 'room + text.length',
    why: 'it bounds the work; the text is cut to its length at the end',
  },
  {
    file: 'errors/shown.ts',
    within: `if (!isLeftOut) yield [\`\${JSON.stringify(key.slice(0, LONGEST))}:\`, member];`,
    was: 'key.slice(0, LONGEST)',
    becomes: 'key',
    why: 'it bounds the work; the text is cut to its length at the end',
  },
  {
    file: 'errors/yaml-problem.ts',
    within: "const { code = '', linePos } = error as YamlError;",
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'neither text is the code of a problem',
  },
];

const VERIFY: readonly Equivalent[] = [
  {
    file: 'verify/read-state.ts',
    within: "if (of) await this.one(apiVersion, kind, metadata?.namespace, metadata?.name ?? '', of);",
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'neither is a name, and asking for one is refused with the same error',
  },
  {
    file: 'verify/read-state.ts',
    within: 'const { rules = [], tls = [] } = (spec ?? {}) as {',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has neither paths nor a Secret, so nothing is read for it',
  },
  {
    file: 'verify/read-state.ts',
    within: "const { plural } = known(kind) ?? { plural: '' };",
    was: "{ plural: '' }",
    becomes: '{}',
    why: 'no right is named for either',
  },
  {
    file: 'verify/walk/pod.ts',
    within: "const { containers = [], initContainers = [] } = pod.spec as Pod['spec'] & object;",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has no name, so it is never the container that is looked for',
  },
  {
    file: 'verify/walk/references.ts',
    within: 'const { name, items = [], optional } = from ?? {};',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has no key, and a reference without a key is what there is without items',
  },
  {
    file: 'verify/walk/difference.ts',
    within: "const [, digits, unit = ''] = /^([0-9.]+)(m|[kMGT]|[KMGT]i)?$/.exec(String(value)) ?? [];",
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'the first entry is passed over',
  },
  {
    file: 'verify/walk/references.ts',
    within: 'const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has no variables, so nothing is read by it',
  },
];

/** Only changes that no test could ever notice. One that is merely hard to test is listed as a survivor. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...KUBE,
  ...SANDBOX,
  ...POLICY,
  ...CORE,
  ...PRINT,
  ...CLI,
  ...CHECK,
  ...OF_CONSTRUCTS,
  ...DEPLOY,
  ...ERRORS,
  ...VERIFY,
  ...OF_PROGRAMS,
];

export function equivalentOf(mutant: Mutant): Equivalent | undefined {
  return EQUIVALENTS.find(
    ({ file, within, was, becomes }) =>
      file === mutant.file && within === mutant.within && was === mutant.was && becomes === mutant.becomes,
  );
}
