import type { Row as OfSpecification } from '../specifications/row';
import type { Mark } from './sources';

/** "Not found": none of the pages that were read says anything of it. */
export type Verdict = 'yes' | 'partly' | 'no' | 'not found';

/** What the documentation of others says. */
export interface PeerCell {
  readonly verdict: Verdict;
  readonly says: string;
  readonly at: readonly Mark[];
}

/** What we have: a test that shows it or the page that says it; for what we lack, the page that says why. */
export interface OwnCell {
  readonly verdict: Verdict;
  readonly says: string;
  readonly by: NonNullable<OfSpecification['by']>;
}

export interface Row {
  /** What a platform engineer decides by. */
  readonly what: string;
  readonly ours: OwnCell;
  readonly flux: PeerCell;
  readonly argo: PeerCell;
  readonly fleet: PeerCell;
  readonly kluctl: PeerCell;
}

export interface Part {
  readonly title: string;
  readonly rows: readonly Row[];
}

const peer =
  (verdict: Verdict) =>
  (says: string, ...at: readonly [Mark, ...Mark[]]): PeerCell => ({ verdict, says, at });

export const yes = peer('yes');
export const partly = peer('partly');
export const no = peer('no');
export const notFound: PeerCell = { verdict: 'not found', says: '', at: [] };

const own =
  (verdict: Verdict) =>
  (says: string, file: string, title?: string): OwnCell => ({
    verdict,
    says,
    by: title === undefined ? [file] : [file, title],
  });

export const ours = { yes: own('yes'), partly: own('partly'), no: own('no') };

export const GUIDE = 'docs/guides/gitops.md';
/** What is left out, and why. */
export const LEFT_OUT = 'docs/decisions/0068-left-out.md';
