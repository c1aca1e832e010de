import type { Equivalent } from './equivalents';

/** Those of `harden/`, `guardrails/` and `controller/`. */
export const OF_PROGRAMS: readonly Equivalent[] = [
  {
    file: 'guardrails/as-the-server-sees.ts',
    within: "function spoken(value: unknown, parent = ''): unknown {",
    was: "''",
    becomes: '"Stryker was here!"',
    why: 'neither is the name of a map of texts',
  },
];
