import type { Plan } from '../../deploy';
import type { ErrorFacts } from '../../errors';
import type { PolicyFinding } from '../policy/engine';
import type { PolicyMode } from '../policy/judge';
import type { Cost } from './cost';

/** Why something is not applied: nothing of it quotes a credential. */
export interface Refusal extends ErrorFacts {
  readonly code: string;
}

/** What a commit would do in one cluster. */
export interface ClusterPreview {
  /** The Cluster; undefined for that of the controller, where the Application names none. */
  readonly cluster?: string | undefined;
  /** Undefined where the cluster could not be asked, or nothing was rendered. */
  readonly plan?: Plan;
  readonly cost?: { readonly before: Cost; readonly after: Cost };
  /** Why nothing could be said of it. */
  readonly refused?: Refusal;
}

/** What a commit would do where it came into the branch that an Application follows. Secrets are told as changed or not. */
export interface Preview {
  /** NAMESPACE/NAME. */
  readonly application: string;
  readonly repository: string;
  /** What was asked for, such as `pull request 12`. */
  readonly asked: string;
  /** The commit that was looked at. */
  readonly revision: string;
  /** The change of jj that it is a version of. */
  readonly change?: string | undefined;
  /** `refused`: nothing of it would be applied, at least in one cluster. */
  readonly outcome: 'nothing' | 'changes' | 'refused';
  /** Why nothing would be applied anywhere. */
  readonly refused?: Refusal | undefined;
  /** What each policy says: that of the Application, and those that all are held to. */
  readonly policy: ReadonlyArray<{
    /** `check` for the rules of the Application's own policy, else the engine. */
    readonly by: string;
    readonly mode: PolicyMode;
    readonly findings: readonly PolicyFinding[];
    /** Why it has no verdict. */
    readonly failure?: Refusal;
  }>;
  readonly clusters: readonly ClusterPreview[];
}
