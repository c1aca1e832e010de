import type { Job } from '../../imports/k8s';
import { get, onAbort, type Stored, startTimer } from '../../kube';
import { abortError, apiError } from '../causes/api-cause';
import { errorOf } from '../causes/cause';
import type { AttachOptions } from '../claim/claim';
import type { ClaimInfo } from '../claim/claim-info';
import { createHolder, discardJob } from '../claim/create-job';
import { jobNameOf } from '../claim/job-name';
import { orphanMsOf } from '../claim/orphan-ttl';
import type { Place } from '../claim/place';
import { PodWatch } from '../claim/pod-watch';
import { ProgressTeller } from '../claim/progress';
import type { SandboxErrorCode } from '../errors';
import { SandboxError } from '../errors';
import { Sandbox } from '../sandbox';
import { ClaimNews } from './claim-news';
import { claimObject } from './claim-object';
import { enterPod } from './enter-pod';
import { agentSandboxes, claims, LAUNCH_LABEL } from './kinds';
import { podsOfSandboxes } from './pods';

/** Makes a SandboxClaim, and enters the pod of the Sandbox that it gets. What does not succeed is deleted. */
export async function claimFromAgentSandbox(
  place: Place,
  planned: Job,
  options: AttachOptions,
): Promise<Sandbox> {
  const { connection, metrics, startTimeoutMs } = place;
  const { signal } = options;
  const orphanMs = orphanMsOf('claim', options.orphanTtl);
  const id = jobNameOf('claim', planned);
  const progress = new ProgressTeller(id, options.onProgress);
  const news = new ClaimNews(place, id);
  let held: Stored<Job> | undefined;
  try {
    // Its first answer says what time the server has, too, which the end of the claim is given by.
    await heard(news, id, signal, startTimeoutMs, () => (news.isSynced ? true : undefined));
    const claim = await createHolder(place, claims, claimObject(planned, connection.clock.now()), signal);
    held = heldBy(planned, claim.metadata);
    metrics.spawned();
    progress.tell('created');
    const { uid } = claim.metadata;
    const name = await heard(news, id, signal, startTimeoutMs, () => news.sandboxOf(uid));
    const { ownerUid, info } = await sandboxOfClaim(place, id, uid, name);
    const left = { ...place, startTimeoutMs: Math.max(1, startTimeoutMs - progress.elapsedMs) };
    const watch = watchOf(place, name, uid, ownerUid);
    try {
      const entry = { planned, orphanMs, signal, endsWithSession: true };
      const session = await enterPod(left, held, watch, progress, entry);
      progress.tell('ready');
      return new Sandbox(place, held, watch, session, info);
    } catch (error) {
      watch.close();
      throw error;
    }
  } catch (error) {
    if (held) await discardJob(place, held);
    throw apiError(error, `claim of ${id}`, id);
  } finally {
    news.close();
  }
}

/** Enters the sandbox of a claim that is there. It stays when that does not succeed. */
export async function attachToClaim(
  place: Place,
  held: Stored<Job>,
  sandboxName: string,
  options: AttachOptions,
): Promise<Sandbox> {
  const { name: id, uid } = held.metadata;
  const orphanMs = orphanMsOf('attach', options.orphanTtl ?? 'none');
  const { ownerUid } = await sandboxOfClaim(place, id, uid, sandboxName);
  const watch = watchOf(place, sandboxName, uid, ownerUid);
  try {
    const progress = new ProgressTeller(id, options.onProgress);
    const entry = { planned: undefined, orphanMs, signal: options.signal, endsWithSession: false };
    const session = await enterPod(place, held, watch, progress, entry);
    progress.tell('ready');
    // What its pod is, so that a checkpoint says what it fits.
    const whole = { ...held, spec: { template: { spec: watch.pod?.spec } } } as Stored<Job>;
    return new Sandbox(place, whole, watch, session, { way: 'attached' });
  } catch (error) {
    watch.close();
    throw error;
  }
}

function watchOf(
  { connection, namespace }: Place,
  sandboxName: string,
  uid: string,
  ownerUid: string,
): PodWatch {
  const watch = new PodWatch(connection, namespace, sandboxName, podsOfSandboxes);
  watch.of(uid, ownerUid);
  return watch;
}

/** The planned Job with the name and the UID of the claim that is there in its stead. */
function heldBy(planned: Job, metadata: Stored<Job>['metadata']): Stored<Job> {
  return { ...planned, metadata: { ...planned.metadata, ...metadata } } as Stored<Job>;
}

/**
 * The Sandbox itself says whose it is: what a claim says of it is older, and two claims have been told of one before. No
 * byte of a command is sent until it names this claim.
 */
async function sandboxOfClaim(
  { connection, namespace }: Place,
  id: string,
  uid: string,
  name: string,
): Promise<{ ownerUid: string; info: ClaimInfo }> {
  const { metadata } = await get(connection, agentSandboxes, { namespace, name });
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner?.uid !== uid) {
    const found = owner ? `a Sandbox of ${owner.kind} ${owner.name}` : 'a Sandbox of nobody';
    throw failed(id, 'StartFailed', `${found}: ${name}`, 'the one of this claim alone', true);
  }
  const isWarm = metadata.labels?.[LAUNCH_LABEL] === 'warm';
  return {
    ownerUid: metadata.uid,
    info: isWarm ? { way: 'warm', from: 'agentSandbox' } : { way: 'cold', why: 'empty' },
  };
}

/** The first answer of `look`; rejects with why there will be none, or when the time is over. */
function heard<Answer>(
  news: ClaimNews,
  id: string,
  signal: AbortSignal | undefined,
  withinMs: number,
  look: () => Answer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      for (const stop of stops) stop?.();
      work();
    };
    const check = () => {
      const answer = look();
      if (answer !== undefined) settle(() => resolve(answer));
      else if (news.cause) settle(() => reject(errorOf(news.cause!, `claim of ${id}`, id)));
      else if (news.failure) settle(() => reject(apiError(news.failure, `claim of ${id}`, id)));
    };
    const late = () => {
      const found = `no Sandbox for the claim after ${Math.round(withinMs / 1000)} s`;
      const expected = 'one that the controller of agent-sandbox makes or takes from its pool';
      settle(() => reject(failed(id, 'StartTimeout', found, expected, true)));
    };
    const stops = [
      startTimer(withinMs, late),
      news.onChange(check),
      signal && onAbort(signal, () => settle(() => reject(abortError(signal, `claim of ${id}`, id)))),
    ];
    check();
  });
}

function failed(
  id: string,
  code: SandboxErrorCode,
  found: string,
  expected: string,
  retryable: boolean,
): SandboxError {
  const remedy =
    'See that its controller runs, with --extensions, and what it says of the claim: kubectl describe.';
  return new SandboxError(
    code,
    { where: `claim of ${id}`, found, expected, remedy },
    { sandboxId: id, retryable },
  );
}
