/** One thing that has to be so for sandboxes to hold. */
export interface Finding {
  readonly check: PreflightCheck;
  /** `unknown`: it could not be tried with what this account may do. */
  readonly verdict: 'good' | 'bad' | 'unknown';
  readonly found: string;
  /** How to mend it, or how to find out; empty for what is good. */
  readonly remedy: string;
}

export type PreflightCheck =
  | 'rights-sufficient'
  | 'rights-not-excessive'
  | 'admission-policy'
  | 'pod-security'
  | 'quota'
  | 'start'
  | 'user-namespace'
  | 'network-policy';

export interface PreflightReport {
  /** No check is bad. */
  readonly isGood: boolean;
  readonly findings: readonly Finding[];
}

export function good(check: PreflightCheck, found: string): Finding {
  return { check, verdict: 'good', found, remedy: '' };
}

export function bad(check: PreflightCheck, found: string, remedy: string): Finding {
  return { check, verdict: 'bad', found, remedy };
}

export function unknown(check: PreflightCheck, found: string, remedy: string): Finding {
  return { check, verdict: 'unknown', found, remedy };
}
