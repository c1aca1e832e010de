import type { Context } from '../../controller';
import type { Stored } from '../../kube';
import type { Application, ApplicationStatus, InCluster } from '../api/application';
import { inWords } from '../policy/judge';
import type { SourceTree } from '../source/source';
import { POLICY, statusOf } from './status';
import type { Verdict } from './verdict';

/** Says in the status, and by events, what comes of one reconcile; one write after the other. */
export class Teller {
  readonly #app: Stored<Application>;
  readonly #context: Context;
  #said: ApplicationStatus;
  #writing: Promise<void> = Promise.resolve();

  /** The commit that is worked on. */
  #tree: SourceTree | undefined;

  constructor(app: Stored<Application>, context: Context) {
    this.#app = app;
    this.#context = context;
    this.#said = app.status ?? {};
  }

  readsOf(tree: SourceTree): void {
    this.#tree = tree;
  }

  async say(verdict: Verdict): Promise<void> {
    const { status: before } = this.#app;
    const change = this.#tree?.revision === verdict.attempted ? this.#tree?.change : undefined;
    const status = statusOf(this.#app, { ...verdict, change });
    const isNews = status.phase !== before?.phase || status.message !== before?.message;
    await this.#write(() => status);
    const { outcome, reason, message, policy } = verdict;
    const warns = (policy ?? []).filter(
      ({ mode, findings, failure }) => mode === 'permissive' && (failure || findings.length > 0),
    );
    const found = warns.length > 0 ? inWords(warns) : undefined;
    const toldBefore = before?.conditions?.find(({ type }) => type === POLICY)?.message;
    if (found && policy && inWords(policy) !== toldBefore)
      this.#context.tell({ type: 'Warning', reason: 'PolicyFound', note: found });
    if (isNews && (outcome === 'failed' || outcome === 'stalled'))
      this.#context.tell({ type: 'Warning', reason, note: message });
  }

  /** What has come of one cluster, while others go on. The same as before is not written. */
  async sayOf(entry: InCluster): Promise<void> {
    await this.#write((said) => {
      const others = said.clusters ?? [];
      const known = others.find(({ name }) => name === entry.name);
      if (JSON.stringify(known) === JSON.stringify(entry)) return said;
      const clusters = others.map((one) => (one.name === entry.name ? entry : one));
      return { ...said, clusters: known ? clusters : [...others, entry] };
    });
  }

  #write(next: (said: ApplicationStatus) => ApplicationStatus): Promise<void> {
    const writing = this.#writing.then(async () => {
      const status = next(this.#said);
      if (status === this.#said) return;
      this.#said = status;
      await this.#context.status(status as Readonly<Record<string, unknown>>);
    });
    // Who has asked is told; the next write is tried all the same.
    this.#writing = writing.catch(() => {});
    return writing;
  }
}
