import type { PoolMiss } from '../pool/pool-claims';

/**
 * Why a claim was not warm: there is no pool (`noPool`); it asks for a `name` or an `orphanTtl` of its own, or for an
 * environment (`env`) that only a new container can have; or what the pool says of it.
 */
export type ColdReason = 'noPool' | 'name' | 'orphanTtl' | 'env' | PoolMiss;

/** How a claim came to its sandbox. */
export type ClaimInfo =
  /** It was there: a member of the pool that this program kept, that another did, or that agent-sandbox did. */
  | { readonly way: 'warm'; readonly from: 'own' | 'other' | 'agentSandbox' }
  /** It was made for this claim. */
  | { readonly way: 'cold'; readonly why: ColdReason }
  /** It was made by another claim, and entered. */
  | { readonly way: 'attached' };
