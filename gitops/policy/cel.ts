import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../../check';
import { hashOf } from '../hash-of';
import { inOneLine, type ProgramAnswer, type RenderLimits } from '../render/run-program';
import { withWorkFolder } from '../render/work-folder';
import type { PolicyEngine, PolicyFinding, PolicyObject, PolicyRequest } from './engine';
import { noVerdict } from './failed';
import { POLICY_LIMITS, runPolicyProgram } from './policy-program';

/** Of cluster/tools/kubernetes-1.34: the CEL of the API server, without one. */
export const CEL_PROGRAM = 'drydock-vap';
const WHERE = 'the admission policies';
const EXPECTED = `admission policies that ${CEL_PROGRAM} can ask`;
const LONGEST_WORDS = 1_000;

/** ValidatingAdmissionPolicies and their bindings, by what they are read as. */
export interface CelPolicies {
  readonly policies: readonly PolicyObject[];
  readonly bindings: readonly PolicyObject[];
}

/**
 * ValidatingAdmissionPolicies, such as `GuardrailPolicy` prints, by the code of the API server: what is installed in a cluster
 * to hold everybody can hold a commit before. Each object is one that is created. A binding says for which namespaces a policy is,
 * and whether it only warns; without a binding it is for all.
 */
export function celEngine(files: CelPolicies, limits: RenderLimits = POLICY_LIMITS): PolicyEngine {
  return {
    name: 'cel',
    version: hashOf(files),
    judge: (request) =>
      withWorkFolder(async (folder) => {
        const { objects, signal } = request;
        writeFileSync(join(folder, 'set.json'), JSON.stringify({ ...files, objects }));
        const answer = await runPolicyProgram({
          ...{ program: CEL_PROGRAM, folder, limits, signal },
          args: ['set.json'],
        });
        return findingsOf(request, answer);
      }),
  };
}

interface CelAnswer {
  readonly findings?: ReadonlyArray<{
    readonly policy: string;
    readonly at: number;
    readonly message: string;
    readonly warns: boolean;
  }>;
  readonly error?: { readonly policy: string; readonly words: string };
}

function findingsOf({ objects }: PolicyRequest, answer: ProgramAnswer): PolicyFinding[] {
  const { findings, error } = parsed(answer);
  if (error) {
    const where = error.policy === '' ? WHERE : `ValidatingAdmissionPolicy/${error.policy}`;
    throw noVerdict(where, inOneLine(error.words).slice(0, LONGEST_WORDS), EXPECTED);
  }
  if (!findings) throw notOurs();
  return findings.map(({ policy, at, message, warns }) => {
    const object = objects[at]!;
    const { namespace } = object.metadata;
    return {
      ...{ rule: policy, object: nameOf(object), field: '', why: message, fix: '' },
      ...(namespace ? { namespace } : {}),
      ...(warns ? { isWarning: true } : {}),
    };
  });
}

function parsed({ code, out, err }: ProgramAnswer): CelAnswer {
  try {
    return Object(JSON.parse(out)) as CelAnswer;
  } catch {
    if (code === 0) throw notOurs();
    throw noVerdict(WHERE, inOneLine(err).trim().slice(-LONGEST_WORDS) || 'nothing', EXPECTED);
  }
}

function notOurs(): Error {
  return noVerdict(WHERE, `an answer that is not one of ${CEL_PROGRAM}`, EXPECTED);
}
