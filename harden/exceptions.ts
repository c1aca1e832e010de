import type { IConstruct } from 'constructs';
import type { HardenException, HardenRule, WorkloadName } from './options';

/** The workload that something is said of. */
export interface Subject {
  /** For example `Deployment/web`. */
  readonly object: string;
  readonly construct: IConstruct;
}

/** Whether a workload is the one that an exception or an answer names. */
export function isOf({ object, construct }: Subject, named: IConstruct | WorkloadName): boolean {
  return typeof named === 'string' ? named === object : construct.node.scopes.includes(named);
}

/** The exceptions that were given, and which of them kept something as it is. */
export class Exceptions {
  private readonly used = new Set<HardenException>();

  constructor(readonly all: readonly HardenException[]) {}

  /** Those for a workload. */
  of(subject: Subject): readonly HardenException[] {
    return this.all.filter((one) => isOf(subject, one.of));
  }

  use(exception: HardenException): void {
    this.used.add(exception);
  }

  get unused(): readonly HardenException[] {
    return this.all.filter((one) => !this.used.has(one));
  }
}

/** The exception for a rule, of those for one workload. */
export function exceptionFor(
  exceptions: readonly HardenException[],
  rule: HardenRule,
  container: string | undefined,
): HardenException | undefined {
  return exceptions.find(
    (one) => one.rule === rule && (one.container === undefined || one.container === container),
  );
}
