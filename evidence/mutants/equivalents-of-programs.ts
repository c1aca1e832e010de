import type { Equivalent } from './equivalents';

/** Those of `harden/`, `guardrails/`, `controller/` and `gitops/`. */
export const OF_PROGRAMS: readonly Equivalent[] = [
  {
    file: 'controller/operator.ts',
    within: 'return await Promise.race([work.then(() => true), pause(ms, enough.signal).then(() => false)]);',
    was: '() => false',
    becomes: '() => undefined',
    why: 'it is asked as a condition only, and undefined is false there',
  },
  {
    file: 'gitops/sync/drift.ts',
    within: 'const lately = (this.#woken.get(key) ?? []).filter((at) => now - at < 60_000);',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text is no time, so it is not counted',
  },
  {
    file: 'gitops/render/plain.ts',
    within: "if (found[2]?.startsWith('.')) return true;",
    was: 'found[2]?.startsWith',
    becomes: 'found[2].startsWith',
    why: 'it is for the types: what has matched has both of its groups',
  },
  {
    file: 'guardrails/as-the-server-sees.ts',
    within: "function spoken(value: unknown, parent = ''): unknown {",
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'neither is the name of a map of texts',
  },
  {
    file: 'harden/surroundings.ts',
    within: 'const isOurs = target?.kind === object.kind && target?.name === object.metadata?.name;',
    was: 'target?.name',
    becomes: 'target.name',
    why: 'what has no target has no kind of one either, and a workload has a kind',
  },
  {
    file: 'harden/surroundings.ts',
    within: 'return Array.isArray(list) ? (list as readonly T[]) : [];',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text has neither the kind nor the name of an account',
  },
  {
    file: 'controller/objects/related.ts',
    within: '(metadata.ownerReferences ?? [])',
    was: '[]',
    becomes: '["Stryker was here"]',
    why: 'a text names no controller',
  },
  {
    file: 'controller/operator.ts',
    within: 'return await Promise.race([work.then(() => true), pause(ms, enough.signal).then(() => false)]);',
    was: '() => false',
    becomes: '() => undefined',
    why: 'it is asked whether it is so, and neither is',
  },
];
