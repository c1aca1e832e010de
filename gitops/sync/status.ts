import { type Condition, type NewCondition, outcomeConditions, withConditions } from '../../controller';
import type { Stored } from '../../kube';
import type { Application, ApplicationStatus, HistoryEntry } from '../api/application';
import { inWords } from '../policy/judge';
import { rolledBackAfter } from './rollback';
import { releaseName } from './settings';
import type { Verdict } from './verdict';

const HISTORY = 5;
/** The condition that says what the policy has found. */
export const POLICY = 'Policy';
/** The condition that says why a gate holds back a wave. It is there for as long as one does. */
export const GATE = 'Gate';
const LONGEST_TOLD = 1_024;
/** As the schema of conditions has it. */
const LONGEST_POLICY = 32_768;

/** The status that says a verdict. The same verdict again gives the same status, so that nothing is written. */
export function statusOf(
  { metadata, status: before }: Stored<Application>,
  verdict: Verdict,
  now: Date = new Date(),
): ApplicationStatus {
  const { phase, sync, health, outcome, reason, message, attempted, applied, inventory, clusters } = verdict;
  const said = [
    ...outcomeConditions(outcome, { reason, message }),
    healthCondition(verdict),
    ...policyCondition(verdict),
    ...gateCondition(verdict),
  ];
  const { rolledBack: _before, gate: gateBefore, ...others } = before ?? {};
  const rolledBack = clusters === undefined ? rolledBackAfter(before ?? {}, verdict) : undefined;
  const isAsked = verdict.policy !== undefined;
  const kept = (before?.conditions ?? []).filter(
    ({ type }) => (type !== POLICY || !isAsked) && (type !== GATE || verdict.gate !== null),
  );
  const gate = verdict.gate === undefined ? gateBefore : verdict.gate?.outOfBounds;
  return {
    ...others,
    ...{ phase, sync, health, message },
    observedGeneration: metadata.generation ?? 0,
    release: releaseName(metadata.namespace ?? 'default', metadata.name),
    ...(attempted === undefined ? {} : { lastAttemptedRevision: attempted }),
    ...(applied ? { lastAppliedRevision: applied.revision, lastAppliedTree: applied.id } : {}),
    ...changesOf(before, verdict),
    ...(inventory === undefined ? {} : { inventory }),
    ...(clusters === undefined ? {} : { clusters }),
    // It is merged into the one that is there, so that what is no longer so has to be taken out.
    ...(rolledBack === undefined && !before?.rolledBack ? {} : { rolledBack: rolledBack ?? (null as never) }),
    ...(gate === undefined && !gateBefore ? {} : { gate: gate ?? (null as never) }),
    history: historyWith(before?.history ?? [], verdict, now),
    conditions: withConditions(kept, said, metadata.generation, now) as readonly Condition[],
  };
}

/** A change belongs to its commit: of another commit that says none, none is said. */
function changesOf(before: ApplicationStatus | undefined, { attempted, applied, change }: Verdict) {
  const of = (revision: string | undefined, known: string | undefined, last: string | undefined) => {
    if (revision === undefined) return known;
    return change ?? (revision === last ? known : known && '');
  };
  const tried = of(attempted, before?.lastAttemptedChange, before?.lastAttemptedRevision);
  const done = of(applied?.revision, before?.lastAppliedChange, before?.lastAppliedRevision);
  return {
    ...(tried === undefined ? {} : { lastAttemptedChange: tried }),
    ...(done === undefined ? {} : { lastAppliedChange: done }),
  };
}

/** What a policy found before stays said where it was not asked this time. */
function policyCondition({ policy }: Verdict): NewCondition[] {
  if (!policy || policy.length === 0) return [];
  const isFound = policy.some(({ findings }) => findings.length > 0);
  const isUnknown = policy.some(({ failure }) => failure !== undefined);
  const said = isFound
    ? ({ status: 'False', reason: 'Found' } as const)
    : isUnknown
      ? ({ status: 'Unknown', reason: 'PolicyFailed' } as const)
      : ({ status: 'True', reason: 'NothingFound' } as const);
  return [{ type: POLICY, ...said, message: inWords(policy).slice(0, LONGEST_POLICY) }];
}

/** Unknown where nobody answers: then nothing is said against the commit. */
function gateCondition({ gate }: Verdict): NewCondition[] {
  if (!gate) return [];
  const { wave, hasFailed, message, outOfBounds } = gate;
  const said = outOfBounds
    ? ({ status: 'False', reason: hasFailed ? 'GateFailed' : 'GateClosed' } as const)
    : ({ status: 'Unknown', reason: 'GateUnanswered' } as const);
  return [{ type: GATE, ...said, message: `wave ${wave}: ${message}` }];
}

function healthCondition({ health, reason, message }: Verdict): NewCondition {
  const status = { Healthy: 'True', Progressing: 'Unknown', Degraded: 'False', Unknown: 'Unknown' } as const;
  return { type: 'Healthy', status: status[health], reason, message };
}

function historyWith(
  before: readonly HistoryEntry[],
  { attempted, change, history: outcome, message }: Verdict,
  now: Date,
): readonly HistoryEntry[] {
  if (attempted === undefined || outcome === undefined) return before;
  const [newest] = before;
  const told = outcome === 'Applied' ? {} : { message: message.slice(0, LONGEST_TOLD) };
  const isSame =
    newest?.revision === attempted && newest.outcome === outcome && newest.message === told.message;
  if (isSame) return before;
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const others = newest?.revision === attempted ? before.slice(1) : before;
  const of = change === undefined ? {} : { change };
  return [{ revision: attempted, at, outcome, ...of, ...told }, ...others].slice(0, HISTORY);
}
