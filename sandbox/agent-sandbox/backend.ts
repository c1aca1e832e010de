import { getIfThere, patch } from '../../kube';
import type { Backend } from '../backend/backend';
import { apiError } from '../causes/api-cause';
import type { Cause } from '../causes/cause';
import { errorOf } from '../causes/cause';
import { deadline, podLost } from '../causes/pod-cause';
import { ClaimNews, causeIn } from './claim-news';
import { shutdownTime } from './claim-object';
import { claims } from './kinds';

/** A sandbox is a SandboxClaim, and its pod is that of the Sandbox which the controller of agent-sandbox gives it. */
export const agentSandboxBackend: Backend = {
  name: 'agent-sandbox',
  holders: claims,
  replacesPods: true,
  whyNoPod: (place, { metadata }, onCause) => new ClaimNews(place, metadata.name, onCause),

  async extend(connection, { metadata }, ttl) {
    const { namespace, name, uid } = metadata;
    const where = `extend of ${name}`;
    try {
      const now = await getIfThere(connection, claims, { namespace, name });
      if (now?.metadata.uid !== uid) throw errorOf(podLost('no claim of this UID'), where, name);
      const finished = now.status?.conditions?.some(
        ({ type, status }) => type === 'Finished' && status === 'True',
      );
      if (finished || now.metadata.deletionTimestamp) throw errorOf(alreadyEnded, where, name);
      const lifecycle = { shutdownTime: shutdownTime(connection.clock.now(), ttl) };
      await patch(
        connection,
        claims,
        { namespace, name },
        { merge: { metadata: { uid }, spec: { lifecycle } } },
      );
    } catch (error) {
      throw apiError(error, where, name);
    }
  },

  async endOf({ connection, namespace }, id, withinMs) {
    try {
      const claim = await getIfThere(connection, claims, { namespace, name: id }, { deadlineMs: withinMs });
      if (!claim) return podLost('a SandboxClaim that was deleted');
      const cause = causeIn(claim);
      if (cause) return cause;
      const at = claim.spec.lifecycle?.shutdownTime;
      if (!claim.metadata.deletionTimestamp) return undefined;
      return at !== undefined && Date.parse(at) <= connection.clock.now()
        ? deadline('a claim past its shutdownTime')
        : podLost('a SandboxClaim that is being deleted');
    } catch {
      // The pod is known to be over; not being able to ask why must not hide that.
      return undefined;
    }
  },
};

const alreadyEnded: Cause = {
  code: 'Ended',
  found: 'a claim whose sandbox is over',
  expected: 'one that still runs',
  remedy: 'Claim another sandbox.',
  retryable: false,
};
