import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../../check';
import { hashOf } from '../hash-of';
import { inOneLine, type ProgramAnswer, type RenderLimits } from '../render/run-program';
import { withWorkFolder } from '../render/work-folder';
import type { PolicyEngine, PolicyFinding, PolicyRequest } from './engine';
import { noVerdict } from './failed';
import { madeOnce } from './made-once';
import { POLICY_LIMITS, runPolicyProgram } from './policy-program';

/** A file of policies, and what it is called. */
export interface PolicyText {
  readonly name: string;
  readonly text: string;
}

const WHERE = 'the policies of opa';
/** Rules whose names begin so are asked, as Conftest has it. */
const ASKED = '^(deny|violation|warn)(_[a-zA-Z0-9_]+)?$';
const PACKAGE = /^[ \t]*package[ \t]+([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)[ \t]*(?:#.*)?$/m;
const LONGEST_WORDS = 1_000;

/**
 * Rego by the program `opa`: each object is the `input` of the rules `deny`, `violation` and `warn` of every package, and
 * `data.drydock` has the whole set. What a policy says rests on the objects alone: functions that ask a clock, a network or
 * the machine are not there.
 */
export function opaEngine(files: readonly PolicyText[], limits: RenderLimits = POLICY_LIMITS): PolicyEngine {
  const packages = [...new Set(files.map(packageOf))].sort();
  const capabilities = madeOnce(() => capabilitiesOf(limits));
  return {
    name: 'opa',
    version: hashOf(files),
    judge: async (request) => {
      const known = await capabilities();
      return withWorkFolder(async (folder) => {
        writePolicies(folder, files);
        writeFileSync(join(folder, 'capabilities.json'), known);
        writeFileSync(join(folder, 'set.json'), JSON.stringify({ drydock: setOf(request) }));
        const answer = await runPolicyProgram({
          ...{ program: 'opa', folder, limits, signal: request.signal },
          args: [
            ...['eval', '--format=json', '--strict-builtin-errors', '--capabilities=capabilities.json'],
            ...['--data=policies', '--data=set.json', queryOf(packages)],
          ],
        });
        return findingsOf(request, verdictsIn(answer, files));
      });
    },
  };
}

function packageOf({ name, text }: PolicyText): string {
  const found = PACKAGE.exec(text)?.[1];
  if (found !== undefined) return found;
  throw noVerdict(
    JSON.stringify(name),
    'no package, or one with other signs than letters, digits, `_` and dots',
    'a file of Rego that begins with its package, such as `package main`',
  );
}

/** By number, as a name of a file may be anything. */
function writePolicies(folder: string, files: readonly PolicyText[]): void {
  mkdirSync(join(folder, 'policies'));
  for (const [index, { text }] of files.entries()) writeFileSync(join(folder, fileOf(index)), text);
}

function fileOf(index: number): string {
  return `policies/${index}.rego`;
}

function setOf({ application, namespace, objects }: PolicyRequest) {
  return { application, namespace, objects };
}

function queryOf(packages: readonly string[]): string {
  const ofPackage = (name: string) => {
    const place = `data${name
      .split('.')
      .map((part) => `[${JSON.stringify(part)}]`)
      .join('')}`;
    return `${JSON.stringify(name)}: [{"at": i, "rule": rule, "said": said} | some i, o in data.drydock.objects; doc := ${place} with input as o; some rule, said in doc; regex.match(${JSON.stringify(ASKED)}, rule)]`;
  };
  return `{${packages.map(ofPackage).join(', ')}}`;
}

/** What this opa can, without what does not rest on its input alone. */
async function capabilitiesOf(limits: RenderLimits): Promise<string> {
  return withWorkFolder(async (folder) => {
    const args = ['capabilities', '--current'];
    const answer = await runPolicyProgram({ program: 'opa', args, folder, limits });
    const { builtins, ...others } = parsed(answer, []) as {
      readonly builtins?: ReadonlyArray<{ readonly nondeterministic?: boolean }>;
    };
    if (!Array.isArray(builtins)) throw notOpa();
    const kept = builtins.filter(({ nondeterministic }) => !nondeterministic);
    return JSON.stringify({ ...others, builtins: kept, allow_net: [] });
  });
}

interface Said {
  readonly package: string;
  readonly at: number;
  readonly rule: string;
  readonly said: unknown;
}

function verdictsIn(answer: ProgramAnswer, files: readonly PolicyText[]): Said[] {
  const { result } = parsed(answer, files) as {
    readonly result?: ReadonlyArray<{ readonly expressions: ReadonlyArray<{ readonly value: unknown }> }>;
  };
  const value = result?.[0]?.expressions?.[0]?.value;
  if (value === undefined) throw notOpa();
  return Object.entries(value as Readonly<Record<string, ReadonlyArray<Omit<Said, 'package'>>>>).flatMap(
    ([name, verdicts]) => verdicts.map((one) => ({ ...one, package: name })),
  );
}

function parsed({ code, out, err }: ProgramAnswer, files: readonly PolicyText[]): object {
  let answer: { readonly errors?: ReadonlyArray<OpaError> };
  try {
    answer = Object(JSON.parse(out)) as typeof answer;
  } catch {
    throw code === 0 ? notOpa() : broken(inOneLine(err).trim());
  }
  const [first] = answer.errors ?? [];
  if (first) throw broken(wordsOf(first, files));
  if (code !== 0) throw broken(inOneLine(err).trim());
  return answer;
}

interface OpaError {
  readonly message?: string;
  readonly location?: { readonly file?: string; readonly row?: number };
}

function wordsOf({ message = 'an error', location = {} }: OpaError, files: readonly PolicyText[]): string {
  const place = location.file === undefined ? '' : `${location.file}:${location.row}: `;
  const isOurs = /policies\/(\d+)\.rego/g;
  const named = (whole: string, index: string) => files[Number(index)]?.name ?? whole;
  return inOneLine(`${place}${message}`).replace(isOurs, named);
}

function broken(words: string): Error {
  return noVerdict(
    WHERE,
    `what opa says: ${words.slice(0, LONGEST_WORDS) || 'nothing'}`,
    'policies that opa can ask, without a clock and a network',
  );
}

function notOpa(): Error {
  return noVerdict(WHERE, 'an answer that is not one of opa', 'the program opa, 1.0 or newer');
}

function findingsOf({ objects }: PolicyRequest, verdicts: readonly Said[]): PolicyFinding[] {
  return verdicts.flatMap(({ package: name, at, rule, said }) => {
    const object = objects[at]!;
    const { namespace } = object.metadata ?? {};
    const about = {
      ...{ rule: `${name}.${rule}`, object: nameOf(object) },
      ...(namespace ? { namespace } : {}),
      ...(rule.startsWith('warn') ? { isWarning: true } : {}),
    };
    return saidIn(said, about.rule).map((words) => ({ ...about, ...words }));
  });
}

type Words = Pick<PolicyFinding, 'field' | 'why' | 'fix'>;

/** A text, an object with `msg`, several of them, or a bare yes. What it is besides is no verdict, and never a no. */
function saidIn(said: unknown, rule: string): Words[] {
  if (said === false) return [];
  if (said === true) return [{ field: '', why: 'It is so.', fix: '' }];
  if (Array.isArray(said)) return said.flatMap((one) => saidIn(one, rule));
  if (typeof said === 'string') return [{ field: '', why: inOneLine(said), fix: '' }];
  const { msg, field, fix } = Object(said) as Readonly<Record<string, unknown>>;
  if (typeof msg === 'string') return [{ why: inOneLine(msg), field: optional(field), fix: optional(fix) }];
  throw noVerdict(
    `the rule ${rule}`,
    `a verdict that is ${said === null ? 'null' : `a ${typeof said}`} without \`msg\``,
    'texts, or objects with `msg` and, where they help, `field` and `fix`',
  );
}

function optional(text: unknown): string {
  return typeof text === 'string' ? inOneLine(text) : '';
}
