import { isolated, type ProgramAnswer, type RenderLimits, runProgram } from '../render/run-program';
import { noVerdict } from './failed';

/** What one verdict of a program may cost: for all objects of an Application. */
export const POLICY_LIMITS: RenderLimits = {
  timeoutMs: 30_000,
  outputBytes: 8 * 1024 * 1024,
  memoryBytes: 512 * 1024 * 1024,
};

export interface PolicyCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly limits: RenderLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the program of an engine, which finds no cluster, no network and no settings, and may cost so much. */
export function runPolicyProgram(call: PolicyCall): Promise<ProgramAnswer> {
  const where = `the policies of ${call.program}`;
  return runProgram({
    ...{ ...call, where, env: isolated(call.folder) },
    refuse: (found) => noVerdict(where, found, 'a verdict within the limits of the controller'),
  });
}
