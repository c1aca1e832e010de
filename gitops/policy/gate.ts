import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { hashOf } from '../hash-of';
import type { RenderedAs } from '../render/renderer';
import { inOneLine, type RenderLimits } from '../render/run-program';
import { asSeen } from './as-seen';
import type { PolicyEngine, PolicyFinding } from './engine';
import { isExcepted, type PolicyException, stillHold } from './exceptions';
import { failureOf } from './failed';
import { Judge, type Judgement, type PolicyMode } from './judge';
import { PolicyFolder } from './policy-folder';
import { VerdictCache } from './verdict-cache';

/** Policies of those who run the controller, which all Applications are held to. */
export interface PolicyOptions {
  /** A folder of policies, read again when it changes. @default - none */
  readonly folder?: string;
  /** Engines of your own. @default - none */
  readonly engines?: readonly PolicyEngine[];
  /**
   * What a finding does: `strict` stops the commit, `permissive` warns, `audit` notes it. An Application may ask for more
   * by its own `spec.policy.mode`, and never for less.
   * @default 'strict'
   */
  readonly mode?: PolicyMode;
  /** What one verdict of a program may cost. @default - see `POLICY_LIMITS` */
  readonly limits?: Partial<RenderLimits>;
}

/** What is judged. */
export interface GateRequest {
  readonly app: Stored<Application>;
  readonly rendered: RenderedAs;
  /** Where the objects go. */
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

const MODES: readonly PolicyMode[] = ['audit', 'permissive', 'strict'];
/** Findings of one engine that are kept: the first of them say enough. */
const MOST_FINDINGS = 200;
const LONGEST_TEXT = 500;

/** Asks everybody who has a say about what is to be applied: the rules of the Application, and the engines of the controller. */
export class Gate {
  readonly #judge = new Judge();
  readonly #cache = new VerdictCache();
  readonly #folder: PolicyFolder | undefined;
  readonly #engines: readonly PolicyEngine[];
  readonly #mode: PolicyMode;

  constructor({ folder, engines = [], mode = 'strict', limits }: PolicyOptions = {}) {
    this.#folder = folder === undefined ? undefined : new PolicyFolder(folder, engines.length > 0, limits);
    this.#engines = engines;
    this.#mode = mode;
  }

  /** Another one when the same objects may be judged otherwise, though nothing of them has changed. */
  version(now: Date = new Date()): string {
    if (!this.#folder) return '';
    const { version, exceptions } = this.#folder.now();
    return JSON.stringify([version, stillHold(exceptions, now).length]);
  }

  async judge(request: GateRequest, now: Date = new Date()): Promise<readonly Judgement[]> {
    const { app, rendered } = request;
    const { policy } = app.spec;
    const own = policy ? [this.#judge.judge(rendered.id, rendered.objects, policy, now)] : [];
    const { engines = [], exceptions = [], failure } = this.#folder?.now() ?? {};
    const mode = stricter(this.#mode, policy?.mode ?? 'audit');
    const broken = failure ? [{ by: 'policies', mode, findings: [], failure }] : [];
    const all = [...engines, ...this.#engines];
    if (all.length === 0) return [...own, ...broken];
    const held = stillHold(exceptions, now);
    const judged = await Promise.all(all.map((engine) => this.#judged(engine, request, mode, held)));
    return [...own, ...broken, ...judged.flat()];
  }

  async #judged(
    engine: PolicyEngine,
    { app, rendered, namespace, signal }: GateRequest,
    mode: PolicyMode,
    exceptions: readonly PolicyException[],
  ): Promise<Judgement[]> {
    const { name: by, version } = engine;
    const application = { namespace: app.metadata.namespace ?? 'default', name: app.metadata.name };
    const key = hashOf([by, version, rendered.id, application, namespace]);
    try {
      const found = await this.#cache.of(key, async () => {
        const objects = asSeen(rendered.objects, namespace);
        return (await engine.judge({ application, namespace, objects, signal }))
          .slice(0, MOST_FINDINGS)
          .map(shortened);
      });
      const mayStay = (one: PolicyFinding) => isExcepted(one, application, exceptions);
      const findings = found.filter((one) => !mayStay(one));
      const excepted = found.filter(mayStay);
      const isSoft = ({ isWarning }: PolicyFinding) => isWarning === true;
      const warnings = findings.filter(isSoft);
      return [
        {
          ...{ by, mode, findings: findings.filter((one) => !isSoft(one)) },
          ...(excepted.length > 0 ? { excepted } : {}),
        },
        ...(warnings.length > 0 ? [{ by, mode: softer(mode, 'permissive'), findings: warnings }] : []),
      ];
    } catch (error) {
      if (signal?.aborted) throw error;
      return [{ by, mode, findings: [], failure: failureOf(by, error) }];
    }
  }
}

/** A status holds so much, of ten findings. */
function shortened(finding: PolicyFinding): PolicyFinding {
  const cut = (text: string) => inOneLine(text).slice(0, LONGEST_TEXT);
  const { rule, field, why, fix } = finding;
  return { ...finding, rule: cut(rule), field: cut(field), why: cut(why), fix: cut(fix) };
}

function stricter(one: PolicyMode, other: PolicyMode): PolicyMode {
  return MODES.indexOf(one) > MODES.indexOf(other) ? one : other;
}

function softer(one: PolicyMode, other: PolicyMode): PolicyMode {
  return stricter(one, other) === one ? other : one;
}
