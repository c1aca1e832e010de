import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { errorOf } from '../causes/cause';
import { orphanMsOf } from '../claim/orphan-ttl';
import type { Place } from '../claim/place';
import { PodWatch } from '../claim/pod-watch';
import { ProgressTeller } from '../claim/progress';
import { start } from '../claim/start';
import { openSession, type Session, type SessionOf } from '../session/open-session';
import type { Supervisor } from '../supervisor';
import type { Line, Lines } from './surroundings';

/** Whether a member's sandbox is this program's to end. */
interface Ownership {
  isOurs: boolean;
}

/** A session with the supervisor of a member, opened ahead. */
export class HeldLine implements Line {
  readonly lost: Promise<void>;
  #isLost = false;

  constructor(
    readonly watch: PodWatch,
    readonly session: Session,
    private readonly supervisor: Supervisor,
    private readonly ownership: Ownership,
  ) {
    this.lost = supervisor.ended.then(() => {
      this.#isLost = true;
      if (!ownership.isOurs) watch.close();
    });
  }

  get isLost(): boolean {
    return this.#isLost || this.supervisor.isEnding;
  }

  ping(withinMs: number): Promise<boolean> {
    return this.supervisor.ping(withinMs);
  }

  /** From now on the sandbox goes with the session, as one that was claimed cold. */
  own(): void {
    this.ownership.isOurs = true;
  }

  leave(): void {
    void this.supervisor.close();
  }

  cut(): void {
    this.supervisor.cut();
  }
}

/** Enters members as a claim does, but for whom they belong to. */
export function linesOf(place: Place): Lines<HeldLine> {
  return {
    open: async (job, signal) => {
      const { name } = job.metadata;
      const watch = new PodWatch(place.connection, place.namespace, name);
      const ownership: Ownership = { isOurs: false };
      try {
        const session = await opened(place, job, watch, ownership, signal);
        if (session.supervisor) return new HeldLine(watch, session, session.supervisor, ownership);
        await session.close();
        throw withoutSupervisor(name);
      } catch (error) {
        watch.close();
        throw error;
      }
    },
  };
}

function opened(
  place: Place,
  job: Stored<Job>,
  watch: PodWatch,
  ownership: Ownership,
  signal: AbortSignal,
): Promise<Session> {
  const progress = new ProgressTeller(job.metadata.name, undefined);
  const orphanMs = orphanMsOf('pool', undefined);
  return start({ place, job, watch, progress, signal }, (pod, ending, told) => {
    const of: SessionOf = {
      ...{ place, job, pod, watch, orphanMs },
      get endsWithSession() {
        return ownership.isOurs;
      },
    };
    return openSession(of, ending, told);
  });
}

function withoutSupervisor(name: string) {
  const cause = {
    code: 'SupervisorUnavailable',
    found: 'a sandbox without a supervisor',
    expected: 'one whose stream can be held open',
    remedy: 'Use an image with `sh`, `uname` and `head`, or no pool.',
    retryable: false,
  } as const;
  return errorOf(cause, `pool member ${name}`, name);
}
