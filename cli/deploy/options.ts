import type { ApplyOptions } from '../../deploy';
import { UsageError } from '../command';

/** Which cluster, as every one of these commands takes it. */
export const clusterOptions = {
  namespace: { type: 'string', short: 'n' },
  context: { type: 'string', multiple: true },
  kubeconfig: { type: 'string', multiple: true },
  'allow-exec-plugin': { type: 'boolean', default: false },
  timeout: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const CLUSTER_HELP = `  -n, --namespace NAME     where the release is, and its objects that name none (default: the context's)
      --context NAME       a context of the kubeconfig (default: its current one); several, with commas or one by one, are
                           several clusters at once, each with its own outcome, and the worst exit code
      --kubeconfig FILE    (default: $KUBECONFIG, then ~/.kube/config); several, one by one, are several clusters too: each by its
                           current context, or by each --context
      --allow-exec-plugin  lets the kubeconfig run a program for its credentials
      --timeout TIME       longest wait for health and for deletions, such as 90s, 5m (default 5m)
  -o, --output text|json   (default text)
`;

/** What is planned and allowed. */
export const planOptions = {
  values: { type: 'string', multiple: true },
  adopt: { type: 'boolean', default: false },
  'adopt-from': { type: 'string', multiple: true },
  'force-conflicts': { type: 'boolean', default: false },
  recreate: { type: 'string', multiple: true },
  'dry-run-all': { type: 'boolean', default: false },
  'no-prune': { type: 'boolean', default: false },
  'allow-prune': { type: 'boolean', default: false },
  'allow-prune-of': { type: 'string', multiple: true },
} as const;

export const PLAN_HELP = `      --values FILE        values for charts; CHART=FILE for one chart of the app (may be repeated)
      --adopt              take over objects that are there and are not of this release
      --adopt-from MANAGER  take over objects with all fields of a manager, such as helm or kubectl-client-side-apply:
                           what it has set and the set does not state goes (may be repeated)
      --force-conflicts    take fields that others own and have other values in
      --recreate KIND      delete and make anew where a field cannot be changed (may be repeated)
      --dry-run-all        ask the server about every object, also about those that have not changed since
      --no-prune           delete nothing
      --allow-prune        also when more than three objects and a quarter of the release would go
      --allow-prune-of KIND/NAME  a Namespace, CustomResourceDefinition, PersistentVolume or PersistentVolumeClaim
                           that may go (may be repeated)
`;

export interface ClusterValues {
  readonly namespace?: string | undefined;
  readonly context?: readonly string[] | undefined;
  readonly kubeconfig?: readonly string[] | undefined;
  readonly 'allow-exec-plugin': boolean;
  readonly timeout?: string | undefined;
  readonly output: string;
}

export interface PlanValues {
  readonly adopt: boolean;
  readonly 'adopt-from'?: readonly string[] | undefined;
  readonly 'force-conflicts': boolean;
  readonly recreate?: readonly string[] | undefined;
  readonly 'dry-run-all': boolean;
  readonly 'no-prune': boolean;
  readonly 'allow-prune': boolean;
  readonly 'allow-prune-of'?: readonly string[] | undefined;
}

export function allowedBy(values: PlanValues): ApplyOptions {
  return {
    adopt: values.adopt,
    adoptFrom: values['adopt-from'] ?? [],
    forceConflicts: values['force-conflicts'],
    recreate: values.recreate ?? [],
    dryRunAll: values['dry-run-all'],
    prune: !values['no-prune'],
    allowPrune: values['allow-prune'],
    allowPruneOf: values['allow-prune-of'] ?? [],
  };
}

/** The name of the release, which every command takes first, and what is behind it. */
export function releaseAndRest(
  command: string,
  [release, ...rest]: readonly string[],
): readonly [string, string[]] {
  if (release !== undefined) return [release, rest];
  throw new UsageError(`${command} takes the name of a release`, `drydock ${command} --help`);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time as it is written on a command line; a number alone is seconds. */
export function milliseconds(command: string, text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * (UNITS[unit] as number);
  throw new UsageError(
    `--timeout takes a time such as 90s or 5m, not "${text}"`,
    `drydock ${command} --help`,
  );
}
