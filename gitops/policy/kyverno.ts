import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../../check';
import { hashOf } from '../hash-of';
import { inOneLine, type ProgramAnswer, type RenderLimits } from '../render/run-program';
import { withWorkFolder } from '../render/work-folder';
import type { PolicyEngine, PolicyFinding, PolicyObject, PolicyRequest } from './engine';
import { noVerdict } from './failed';
import { madeOnce } from './made-once';
import { POLICY_LIMITS, runPolicyProgram } from './policy-program';

const WHERE = 'the policies of kyverno';
const EXPECTED = 'policies that kyverno takes';
const LONGEST_WORDS = 1_000;
/** Any object: that a policy was read is all that is asked about it. */
const PROBE = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace: 'default' } };

/**
 * Policies of Kyverno that judge, by its own program. Whatever a policy says of auditing or enforcing, what a finding does is
 * said by the mode of the controller.
 */
export function kyvernoEngine(
  policies: readonly PolicyObject[],
  limits: RenderLimits = POLICY_LIMITS,
): PolicyEngine {
  const areTaken = madeOnce(() => requireTaken(policies, limits));
  return {
    name: 'kyverno',
    version: hashOf(policies),
    judge: async (request) => {
      await areTaken();
      const { objects, signal } = request;
      const how = ['--policy-report', '--output-format=json'];
      return findingsOf(request, await applied(policies, objects, { how, limits, signal }));
    },
  };
}

interface Applied {
  readonly how: readonly string[];
  readonly limits: RenderLimits;
  readonly signal?: AbortSignal | undefined;
}

function applied(
  policies: readonly PolicyObject[],
  objects: readonly object[],
  { how, limits, signal }: Applied,
) {
  return withWorkFolder((folder) => {
    writeFileSync(join(folder, 'policies.yaml'), documents(policies));
    writeFileSync(join(folder, 'objects.yaml'), documents(objects));
    const args = ['apply', 'policies.yaml', '--resource=objects.yaml', '--remove-color', ...how];
    return runPolicyProgram({ program: 'kyverno', args, folder, limits, signal });
  });
}

function documents(objects: readonly object[]): string {
  return objects.map((one) => `---\n${JSON.stringify(one)}\n`).join('');
}

/** A policy that it cannot read kyverno passes over without a word: so each is shown to it alone, and has to be counted. */
async function requireTaken(policies: readonly PolicyObject[], limits: RenderLimits): Promise<void> {
  for (const policy of policies) {
    const { code, out, err } = await applied([policy], [PROBE], { how: ['--table'], limits });
    const [, count] = /^Applying (\d+) policy rule/m.exec(out) ?? [];
    if (code === 0 && Number(count) > 0) continue;
    const words = inOneLine(err).trim().slice(-LONGEST_WORDS);
    throw noVerdict(
      `${policy.kind}/${policy.metadata.name}`,
      `a policy that kyverno cannot read${words ? `: ${words}` : ''}`,
      EXPECTED,
    );
  }
}

interface Result {
  readonly policy: string;
  readonly rule?: string;
  readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  readonly message?: string;
  readonly resources: ReadonlyArray<{
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }>;
}

function findingsOf({ objects }: PolicyRequest, answer: ProgramAnswer): PolicyFinding[] {
  const known = new Map(objects.map((object) => [keyOf({ ...object, ...object.metadata }), object]));
  const findings = resultsIn(answer).flatMap(({ policy, rule, result, message = '', resources }) => {
    const name = rule ? `${policy}.${rule}` : policy;
    if (result === 'error')
      throw noVerdict(`the rule ${name}`, inOneLine(message).slice(0, LONGEST_WORDS), EXPECTED);
    if (result !== 'fail' && result !== 'warn') return [];
    return resources.map((resource): PolicyFinding => {
      // What names no namespace is `default` to kyverno.
      const object =
        known.get(keyOf(resource)) ?? known.get(keyOf({ ...resource, namespace: undefined })) ?? resource;
      const namespace = 'metadata' in object ? object.metadata.namespace : object.namespace;
      return {
        ...{
          rule: name,
          object: 'metadata' in object ? nameOf(object) : `${resource.kind}/${resource.name}`,
        },
        ...(namespace ? { namespace } : {}),
        ...{ field: '', why: message, fix: '' },
        ...(result === 'warn' ? { isWarning: true } : {}),
      };
    });
  });
  // It answers in no order.
  const order = ({ rule, object, namespace = '' }: PolicyFinding) => `${rule} ${namespace} ${object}`;
  return findings.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

function keyOf(of: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}): string {
  return JSON.stringify([of.apiVersion, of.kind, of.namespace ?? '', of.name]);
}

/** Without a match it says nothing at all; whatever it says besides a report is a policy that was not asked. */
function resultsIn({ code, out, err }: ProgramAnswer): readonly Result[] {
  const lines = out.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Warning: '));
  const [report, ...more] = lines;
  if (report === undefined && code === 0) return [];
  try {
    const { results } = JSON.parse(report ?? '') as { readonly results?: readonly Result[] };
    if (Array.isArray(results) && more.length === 0) return results;
  } catch {
    // It has said something else, which is told.
  }
  const words = inOneLine(`${lines.join(' ')} ${err}`).trim();
  throw noVerdict(WHERE, `what kyverno says: ${words.slice(0, LONGEST_WORDS) || 'nothing'}`, EXPECTED);
}
