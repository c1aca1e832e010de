import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asVariables, compareDumps, type Dump, type LiteralRun, type Verdict } from '../core/synth';
import { DrydockError } from '../errors';
import type { Io } from './command';
import { type GivenValues, refuseValuesOfNoChart } from './given-values';
import { runApp } from './run-app';

export interface VerifyOptions {
  /** The command that runs the app, as in cdk8s.yaml. */
  readonly app: string;
  /** Further variables for the app: the environment, given values. */
  readonly env: Readonly<Record<string, string>>;
  readonly given?: GivenValues;
}

/**
 * Runs an app with expressions and with literals in their places, and says of every object whether both are the same:
 * for the values it has, and for others that are as unlike them as the schema allows. Nothing is written.
 *
 * @returns 0 where every object is equal, 1 where one differs or the app was refused
 */
export async function verifyApp({ app, env, given }: VerifyOptions, io: Io): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-verify-'));
  try {
    const asGiven = { app, folder, env, which: 'the values it has' };
    const { odd, code } = await compareRuns(asGiven, io, given);
    if (code !== 0) return code;
    io.out('And with values made up from the schema:\n');
    const values = path.join(folder, 'values.json');
    writeFileSync(values, JSON.stringify({ values: odd }));
    const madeUp = {
      ...asGiven,
      env: { ...env, ...asVariables({ valuesFile: values }) },
      which: 'made-up values',
    };
    try {
      const compared = await compareRuns(madeUp, io);
      if (compared.code !== 0) io.out(inMadeUp(odd));
      return compared.code;
    } catch (error) {
      io.out(inMadeUp(odd));
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inMadeUp(odd: Dump['odd']): string {
  return `The made-up values, by chart:\n  ${JSON.stringify(odd)}\n`;
}

/** Runs of one app with one set of values. */
interface Runs {
  readonly app: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The values, in words. */
  readonly which: string;
}

async function compareRuns(
  runs: Runs,
  io: Io,
  given?: GivenValues,
): Promise<{ readonly odd: Dump['odd']; readonly code: number }> {
  const withExpressions = await dumpOf(runs, 'with expressions', io);
  const { odd, refused } = withExpressions;
  if (refused) return { odd, code: sayRefused(`with expressions and ${runs.which}`, refused, io) };
  if (given) refuseValuesOfNoChart(given, Object.keys(odd));
  const verdicts: Verdict[] = [];
  for (const run of withExpressions.runs) {
    const literals = path.join(runs.folder, 'literals.json');
    writeFileSync(literals, JSON.stringify(run));
    const env = { ...runs.env, ...asVariables({ literalsFile: literals }) };
    const withLiterals = await dumpOf({ ...runs, env }, 'with literals', io);
    if (withLiterals.refused)
      return { odd, code: sayRefused(`with literals of ${runs.which}`, withLiterals.refused, io) };
    verdicts.push(...compareDumps(onlyOf(run, withExpressions), withLiterals));
  }
  return { odd, code: report(verdicts, io) };
}

/** A dump with the charts that one run with literals is for. */
function onlyOf({ charts }: LiteralRun, dump: Dump): Dump {
  const entries = Object.entries(dump.charts).filter(([chart]) => charts.includes(chart));
  return { ...dump, charts: Object.fromEntries(entries) };
}

async function dumpOf({ app, folder, env, which }: Runs, how: string, io: Io): Promise<Dump> {
  const file = path.join(folder, 'dump.json');
  rmSync(file, { force: true });
  const variables = { ...env, ...asVariables({ dumpFile: file }), CDK8S_OUTDIR: path.join(folder, 'out') };
  await runApp(app, variables, io, `${how} and ${which}`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Dump;
  } catch {
    throw noApp(app);
  }
}

function sayRefused(side: string, { code, message }: NonNullable<Dump['refused']>, io: Io): number {
  io.out(`refused ${side} (${code})\n  ${message}\n`);
  return 1;
}

function report(verdicts: readonly Verdict[], io: Io): number {
  for (const { object, outcome, difference } of verdicts) {
    io.out(`${outcome.padEnd(8)} ${object}\n${difference ? `         ${difference}\n` : ''}`);
  }
  const wrong = verdicts.filter(({ outcome }) => outcome !== 'equal').length;
  io.out(
    wrong === 0
      ? `All ${verdicts.length} objects are equal.\n`
      : `${wrong} of ${verdicts.length} objects are not equal.\n`,
  );
  return wrong === 0 ? 0 : 1;
}

function noApp(app: string): DrydockError {
  return new DrydockError('NO_DRYDOCK_APP', {
    where: app,
    found: 'no App of this library that was synthesized',
    expected: 'a program that makes an `App` of cdk8s-drydock and calls its `synth()`',
    remedy: 'Use `import { App } from "cdk8s-drydock"` in the app.',
  });
}
