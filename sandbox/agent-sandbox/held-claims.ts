import type { Job } from '../../imports/k8s';
import { getIfThere, list, type Stored } from '../../kube';
import { checkGiven } from '../arguments';
import { apiError } from '../causes/api-cause';
import { errorOf } from '../causes/cause';
import { podLost } from '../causes/pod-cause';
import type { AttachOptions } from '../claim/claim';
import type { Place } from '../claim/place';
import type { Sandbox } from '../sandbox';
import type { SandboxSummary } from '../summary';
import { hashOfJob, mismatch } from '../template/template-source';
import { attachToClaim } from './claim';
import { causeIn } from './claim-news';
import { claims, type SandboxClaim } from './kinds';

/** The labels that every claim of a template has. */
const SELECTOR = 'app.kubernetes.io/name=sandbox,app.kubernetes.io/managed-by=cdk8s-drydock';

/** Enters the sandbox of a claim by its name. */
export async function attachByName(
  place: Place,
  id: string,
  hash: string | undefined,
  options: AttachOptions,
): Promise<Sandbox> {
  const claim = await lookForClaim(place, id);
  const where = `sandbox ${id}`;
  if (!claim) {
    throw errorOf(podLost(`no SandboxClaim of that name in namespace ${place.namespace}`), where, id);
  }
  const held = heldOf(claim);
  if (hash !== undefined && hashOfJob(held) !== hash) throw mismatch(where, hashOfJob(held), hash, id);
  const cause = causeIn(claim);
  if (cause) throw errorOf(cause, where, id);
  const name = claim.status?.sandbox?.name;
  if (name === undefined) throw errorOf(podLost('a claim that has no Sandbox'), where, id);
  try {
    return await attachToClaim(place, held, name, options);
  } catch (error) {
    throw apiError(error, where, id);
  }
}

/** The claim of that name, `undefined` where there is none. */
export async function lookForClaim(
  { connection, namespace }: Place,
  id: string,
): Promise<Stored<SandboxClaim> | undefined> {
  checkGiven({ where: `a sandbox of namespace ${namespace}` }, 'id', id, 'name');
  try {
    return await getIfThere(connection, claims, { namespace, name: id });
  } catch (error) {
    throw apiError(error, `sandbox ${id}`, id);
  }
}

export async function listClaims({ connection, namespace }: Place): Promise<Stored<SandboxClaim>[]> {
  return (await list(connection, claims, { namespace, labelSelector: SELECTOR })).items;
}

/** What holds a sandbox goes through the runtime as a Job. */
export function heldOf({ metadata }: Stored<SandboxClaim>): Stored<Job> {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata } as Stored<Job>;
}

export function summaryOfClaim(claim: Stored<SandboxClaim>): SandboxSummary {
  const { metadata, spec, status } = claim;
  const createdAt = new Date(metadata.creationTimestamp ?? 0);
  const at = spec.lifecycle?.shutdownTime;
  const isSaid = (kind: string) =>
    status?.conditions?.some(({ type, status: is }) => type === kind && is === 'True') ?? false;
  const isReady = isSaid('Ready');
  return {
    id: metadata.name,
    // The claim does not say it.
    image: '',
    createdAt,
    startedAt: isReady ? createdAt : undefined,
    expiresAt: at === undefined ? undefined : new Date(at),
    state: isSaid('Finished') || causeIn(claim) ? 'finished' : isReady ? 'running' : 'starting',
    waitsIn: undefined,
    template: hashOfJob(heldOf(claim)),
    pool: undefined,
  };
}
