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

  /** What has come of some clusters, while others go on: all of it or nothing is written. The same as before is not. */
  async sayOf(...entries: readonly InCluster[]): Promise<void> {
    await this.#write((said) => {
      const before = said.clusters ?? [];
      const names = new Set(before.map(({ name }) => name));
      const entryOf = (one: InCluster) => entries.find(({ name }) => name === one.name) ?? one;
      const clusters = [...before.map(entryOf), ...entries.filter(({ name }) => !names.has(name))];
      return JSON.stringify(clusters) === JSON.stringify(before) ? said : { ...said, clusters };
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
