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

const CORE: readonly Equivalent[] = [];

const PRINT: readonly Equivalent[] = [];

const CLI: readonly Equivalent[] = [];

const CHECK: readonly Equivalent[] = [];

const CONSTRUCTS: readonly Equivalent[] = [];

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
