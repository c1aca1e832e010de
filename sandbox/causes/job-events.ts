import type { Event as CoreEvent } from '../../imports/k8s';
import { type Connection, resource, type Watch, watch } from '../../kube';
import { type Cause, said } from './cause';
import { refusalIn } from './refusal';

const events = resource<CoreEvent>('v1', 'Event');

/** What the events of a Job say about why it has no pod. */
export class JobEvents {
  #cause: Cause | undefined;
  readonly #watch: Watch<CoreEvent>;

  constructor(
    connection: Connection,
    namespace: string,
    uid: string,
    private readonly onCause: () => void,
  ) {
    this.#watch = watch(connection, events, { namespace, fieldSelector: `involvedObject.uid=${uid}` });
    void this.#follow();
  }

  /** The last refusal. The Job controller tries again by itself, so it need not be the end. */
  get cause(): Cause | undefined {
    return this.#cause;
  }

  close(): void {
    this.#watch.close();
  }

  async #follow(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#watch.next();
        if (done) return;
        if (value.type !== 'added' && value.type !== 'modified') continue;
        this.#hear(value.object);
      }
    } catch {
      // Events explain; without them a claim still ends by its time.
    }
  }

  #hear(event: CoreEvent): void {
    if (event.reason !== 'FailedCreate' || isContended(event.message)) return;
    this.#cause = refusalIn(event.message ?? '') ?? {
      code: 'StartFailed',
      found: said(event.message) || 'no pod, for no reason given',
      expected: 'a pod that the API server accepts',
      remedy: 'Fix what the API server names; kubectl describe shows the Job.',
      retryable: false,
    };
    this.onCause();
  }
}

/** The count of a quota, which many creations at once change: nobody refused the pod, and the controller tries again. */
function isContended(words = ''): boolean {
  return /Operation cannot be fulfilled on resourcequotas /.test(words);
}
