import {
  type Clock,
  KubeError,
  type LeaseApi,
  type LeaseSpec,
  Moment,
  microTime,
  pauseBy,
  type StoredLease,
} from '../../kube';

export interface CampaignOptions {
  readonly api: LeaseApi;
  readonly identity: string;
  readonly durationMs: number;
  readonly clock: Clock;
  /** For people who read the Lease: no decision rests on it. */
  readonly now: () => number;
  readonly random: () => number;
  /** Told of what went wrong; the campaign goes on. */
  readonly onTrouble: (error: KubeError) => void;
}

/** A Lease that was won. */
export interface Won {
  readonly lease: StoredLease;
  /** When the call that won it was about to be sent. */
  readonly askedAt: Moment;
  readonly tookOver: boolean;
  /** There was no Lease. If somebody has deleted it, a leader may not know that yet. */
  readonly isNew: boolean;
}

/** A version of the Lease, and the moment after it was first read. */
interface Seen {
  readonly version: string;
  readonly at: Moment;
  readonly durationMs: number;
}

interface State {
  seen: Seen | undefined;
  /** A call that takes the Lease from a silent holder was sent; its answer may have been lost. */
  tookOver: boolean;
  /** The same of a call that makes it anew. */
  isNew: boolean;
}

/** Waits until the Lease is ours; undefined when the signal is aborted. */
export async function campaign(options: CampaignOptions, signal: AbortSignal): Promise<Won | undefined> {
  const { clock, durationMs, random, onTrouble } = options;
  const state: State = { seen: undefined, tookOver: false, isNew: false };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      const won = await tryOnce(options, state, signal);
      if (won) return won;
    } catch (error) {
      if (!(error instanceof KubeError) || (isFirst && isForGood(error, state))) throw error;
      // Somebody else was quicker.
      if (!['CONFLICT', 'NOT_FOUND', 'ALREADY_EXISTS'].includes(error.code)) onTrouble(error);
    }
    await pauseBy(clock, (durationMs / 8) * (1 + random() / 2), signal);
  }
  return undefined;
}

async function tryOnce(
  options: CampaignOptions,
  state: State,
  signal: AbortSignal,
): Promise<Won | undefined> {
  const { api, identity, clock, durationMs } = options;
  const { seen } = state;
  // Before the Lease is read: if it is still the version that we have seen, it was not renewed for so long.
  const silentMs = seen?.at.atLeastMsAgo() ?? 0;
  const found = await api.read();
  const readAt = new Moment(clock);
  if (signal.aborted) return undefined;
  const askedAt = new Moment(clock);
  if (!found) {
    Object.assign(state, { isNew: true, tookOver: false });
    return { lease: await api.create(specOf(options, 1)), askedAt, tookOver: false, isNew: true };
  }
  const { spec = {}, metadata } = found;
  const version = metadata.resourceVersion;
  const isSilent = seen?.version === version && silentMs >= seen.durationMs;
  const isOurs = spec.holderIdentity === identity;
  if (!spec.holderIdentity || isOurs || isSilent) {
    // Only one that another holds is watched for its silence.
    if (!isOurs) Object.assign(state, { tookOver: isSilent, isNew: false });
    const next = specOf(options, (spec.leaseTransitions ?? 0) + 1);
    const { tookOver, isNew } = state;
    return { lease: await api.change(version, next), askedAt, tookOver, isNew };
  }
  if (seen?.version !== version) {
    const theirs = (spec.leaseDurationSeconds ?? 0) * 1000;
    state.seen = { version, at: readAt, durationMs: theirs > 0 ? theirs : durationMs };
  }
  return undefined;
}

function specOf({ identity, durationMs, now }: CampaignOptions, leaseTransitions: number): LeaseSpec {
  const time = microTime(now());
  const leaseDurationSeconds = Math.ceil(durationMs / 1000);
  return {
    ...{ holderIdentity: identity, leaseDurationSeconds, leaseTransitions },
    ...{ acquireTime: time, renewTime: time },
  };
}

/** What no waiting mends: no permission, and no namespace for a new Lease. Later on, the same may pass. */
function isForGood({ code }: KubeError, { isNew }: State): boolean {
  if (code === 'NOT_FOUND') return isNew;
  return ['FORBIDDEN', 'UNAUTHENTICATED', 'INVALID', 'BAD_REQUEST'].includes(code);
}
