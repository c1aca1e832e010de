import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeObjectJson, parseManifests } from '../../check';
import type { GitopsError } from '../errors';
import { hashOf } from '../hash-of';
import type { RenderLimits } from '../render/run-program';
import { celEngine } from './cel';
import type { PolicyEngine, PolicyObject } from './engine';
import { exceptionsIn, type PolicyException } from './exceptions';
import { failureOf, noVerdict } from './failed';
import { kyvernoEngine } from './kyverno';
import { isOfKyverno, requireJudging } from './kyverno-takes';
import { opaEngine, type PolicyText } from './opa';
import { POLICY_LIMITS } from './policy-program';

/** Policies as they are now. */
export interface Policies {
  /** Says their content. */
  readonly version: string;
  readonly engines: readonly PolicyEngine[];
  readonly exceptions: readonly PolicyException[];
  /** Why they cannot be asked, all of them: a part would let through what the others stop. */
  readonly failure?: GitopsError;
}

/** Asked at most so often whether they are others. */
const LOOK_MS = 1_000;
const MOST_FILES = 1_000;
const MOST_BYTES = 8 * 1024 * 1024;
const EXCEPTIONS = /^exceptions\.(ya?ml|json)$/;
const MANIFESTS = /\.(ya?ml|json)$/;
const EXPECTED =
  'files of Rego (`.rego`), ValidatingAdmissionPolicies with a name and their bindings, of `admissionregistration.k8s.io/v1`, policies of Kyverno that judge (`.yaml`, `.json`), and `exceptions.yaml`';

/** A folder of policies, such as that of a mounted ConfigMap. With one that is wrong there is no verdict until it is right. */
export class PolicyFolder {
  readonly #folder: string;
  readonly #mayBeEmpty: boolean;
  readonly #limits: RenderLimits;
  #now: Policies | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param mayBeEmpty where others are asked anyway; otherwise a folder without policies is a mistake, not a yes to all */
  constructor(folder: string, mayBeEmpty: boolean, limits: Partial<RenderLimits> = {}) {
    this.#folder = folder;
    this.#mayBeEmpty = mayBeEmpty;
    this.#limits = { ...POLICY_LIMITS, ...limits };
  }

  now(): Policies {
    const at = performance.now();
    if (this.#now && at - this.#lookedAt < LOOK_MS) return this.#now;
    this.#lookedAt = at;
    try {
      const files = filesIn(this.#folder);
      const version = hashOf(files);
      if (version !== this.#now?.version) this.#now = this.#read(files, version);
    } catch (error) {
      const failure = failureOf('policies', error);
      this.#now = { version: hashOf(failure.message), engines: [], exceptions: [], failure };
    }
    return this.#now!;
  }

  #read(files: readonly PolicyText[], version: string): Policies {
    const rego = files.filter(({ name }) => name.endsWith('.rego') && !name.endsWith('_test.rego'));
    const exceptions: PolicyException[] = [];
    const policies: PolicyObject[] = [];
    const bindings: PolicyObject[] = [];
    const ofKyverno: PolicyObject[] = [];
    for (const { name, text } of files.filter((file) => MANIFESTS.test(file.name)))
      for (const { object, from } of parseManifests(text, name, noVerdict)) {
        if (EXCEPTIONS.test(name)) exceptions.push(...exceptionsIn(from, object));
        else if (isOfKyverno(object)) ofKyverno.push(judging(from, object));
        else (isBinding(from, object) ? bindings : policies).push(object as PolicyObject);
      }
    const engines = [
      ...(rego.length > 0 ? [opaEngine(rego, this.#limits)] : []),
      ...(policies.length > 0 ? [celEngine({ policies, bindings }, this.#limits)] : []),
      ...(ofKyverno.length > 0 ? [kyvernoEngine(ofKyverno, this.#limits)] : []),
    ];
    if (engines.length === 0 && !this.#mayBeEmpty)
      throw noVerdict(`the policies ${JSON.stringify(this.#folder)}`, 'no policy', EXPECTED);
    return { version, engines, exceptions };
  }
}

function judging(from: string, object: KubeObjectJson): PolicyObject {
  if (typeof object.metadata?.name !== 'string') throw noVerdict(from, 'no name', EXPECTED);
  requireJudging(object as PolicyObject, from);
  return object as PolicyObject;
}

/** Whether it is the binding of an admission policy, where it is none itself; other objects are not asked by anybody. */
function isBinding(from: string, { apiVersion, kind, metadata }: KubeObjectJson): boolean {
  const isOurs = apiVersion === 'admissionregistration.k8s.io/v1' && typeof metadata?.name === 'string';
  if (isOurs && kind === 'ValidatingAdmissionPolicy') return false;
  if (isOurs && kind === 'ValidatingAdmissionPolicyBinding') return true;
  const found = isOurs
    ? `a ${kind}`
    : `an object of ${typeof apiVersion === 'string' ? apiVersion : 'no apiVersion'}`;
  throw noVerdict(from, found, EXPECTED);
}

function filesIn(folder: string, below = ''): PolicyText[] {
  const found: PolicyText[] = [];
  let bytes = 0;
  for (const name of namesIn(folder, below)) {
    const path = join(folder, below, name);
    const shown = join(below, name);
    // Of a ConfigMap each file is a link.
    const stat = statSync(path);
    if (stat.isDirectory()) found.push(...filesIn(folder, shown));
    else if (!stat.isFile() || !isPolicy(shown)) throw noVerdict(shown, 'a file of another kind', EXPECTED);
    else found.push({ name: shown, text: readFileSync(path, 'utf8') });
    bytes += stat.size;
    if (found.length > MOST_FILES || bytes > MOST_BYTES)
      throw noVerdict(folder, 'too much', `at most ${MOST_FILES} files and ${MOST_BYTES} bytes`);
  }
  return found;
}

function namesIn(folder: string, below: string): string[] {
  const path = join(folder, below);
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw noVerdict(`the policies ${JSON.stringify(path)}`, code, 'a folder that can be read');
  }
}

function isPolicy(name: string): boolean {
  return name.endsWith('.rego') || MANIFESTS.test(name);
}
