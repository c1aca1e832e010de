import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DrydockError, type JsonObject } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import type { LawEngine } from './engine';
import { HelmLaw } from './helm-law';
import * as gateways from './programs/gateways';
import type { As } from './programs/kit';
import * as oneShot from './programs/one-shot';
import * as sandbox from './programs/sandbox';
import * as secureService from './programs/secure-service';
import * as workloads from './programs/workloads';

/** Programs of our constructs whose props are absent, literals or values. */
export interface Family<Program> {
  readonly programs: fc.Arbitrary<Program>;
  readonly chartOf: (program: Program, as: As) => HelmChart;
  readonly valuesOf: (program: Program) => JsonObject;
}

/** Which constructs are in which family. */
export const FAMILIES: readonly (readonly [title: string, family: Family<never>])[] = [
  ['SecureService', secureService as unknown as Family<never>],
  ['SecureWorker, SecureCron, SecureTask and SecureAgent', workloads as unknown as Family<never>],
  ['SecureGateway and ReferenceGrant', gateways as unknown as Family<never>],
  ['ConfigBundle, Migration and HelmTest', oneShot as unknown as Family<never>],
  ['SandboxTemplate and SandboxRbac', sandbox as unknown as Family<never>],
];

/** How the programs ended; a breach throws. */
export interface ConstructCount {
  readonly equal: number;
  /** By a program itself, or by helm and us alike. */
  readonly refused: number;
}

export interface LiteralCount extends ConstructCount {
  /** Of each kind, how many objects. */
  readonly kinds: ReadonlyMap<unknown, number>;
}

export interface LawRuns {
  readonly runs: number;
  readonly seed: number;
}

/** The same objects by helm and by us, for the values that are given when a program is installed. */
export async function countHelmLaw<Program>(
  { programs, chartOf, valuesOf }: Family<Program>,
  engine: LawEngine,
  { runs, seed }: LawRuns,
): Promise<ConstructCount> {
  let [equal, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const chart = unlessRefused(() => chartOf(program, 'written'));
      if (!chart) {
        refused++;
        return;
      }
      const law = await HelmLaw.of(chart, engine);
      if ((await law.expect({ values: valuesOf(program) })) === 'equal') equal++;
      else refused++;
      await law.close();
    }),
    { numRuns: runs, seed },
  );
  return { equal, refused };
}

/** The same objects, whether the props are values or the literals that are given for them. */
export function countLiteralLaw<Program>(
  { programs, chartOf, valuesOf }: Family<Program>,
  { runs, seed }: LawRuns,
): LiteralCount {
  let [equal, refused] = [0, 0];
  const kinds = new Map<unknown, number>();
  const rendered = (program: Program, as: As) =>
    unlessRefused(() => {
      const chart = chartOf(program, as);
      const values = as === 'written' ? valuesOf(program) : {};
      // As helm installs it, so that the test of a release is there.
      return chart.render(chart.inputs({ values, release: { service: 'Helm' } }), 'helm');
    });
  fc.assert(
    fc.property(programs, (program) => {
      const written = rendered(program, 'written');
      const literal = rendered(program, 'literals');
      if (!isDeepStrictEqual(written, literal))
        throw new Error(`written ${JSON.stringify(written)}\nliteral ${JSON.stringify(literal)}`);
      if (written) equal++;
      else refused++;
      for (const { kind } of written ?? []) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }),
    { numRuns: runs, seed },
  );
  return { equal, refused, kinds };
}

function unlessRefused<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof DrydockError) return undefined;
    throw error;
  }
}
