import type { Job, Pod } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Place } from '../claim/place';
import type { PodWatch } from '../claim/pod-watch';
import type { ProgressTeller } from '../claim/progress';
import { start } from '../claim/start';
import { SandboxError } from '../errors';
import { type Variables, variablesBetween, withVariables } from '../pool/given-env';
import { openSession, type Session } from '../session/open-session';
import { refuseOtherPod } from './held-to';

interface Entry {
  /** What its pod has to be; `undefined` for one that another claim has looked at. */
  readonly planned: Job | undefined;
  readonly orphanMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly endsWithSession: boolean;
}

/** Brings the supervisor into the pod of a claim, as into that of a Job. Its environment is given to each command. */
export async function enterPod(
  place: Place,
  held: Stored<Job>,
  watch: PodWatch,
  progress: ProgressTeller,
  { planned, orphanMs, signal, endsWithSession }: Entry,
): Promise<Session> {
  let variables: Variables = {};
  const session = await start({ place, job: held, watch, progress, signal }, (pod, ending, told) => {
    if (planned) variables = variablesFor(planned, pod, held.metadata.name);
    return openSession({ place, job: held, pod, watch, endsWithSession, orphanMs }, ending, told);
  });
  return { ...session, commands: withVariables(session.commands, variables) };
}

function variablesFor(planned: Job, pod: Stored<Pod>, id: string): Variables {
  refuseOtherPod(planned, pod, id);
  const variables = variablesBetween({ spec: { template: { spec: pod.spec } } } as Job, planned);
  if (variables) return variables;
  throw new SandboxError(
    'Unsupported',
    {
      where: `claim of ${id}`,
      found: 'a variable that is made of another one, $(NAME)',
      expected: 'variables as they are: agent-sandbox starts the container before it is claimed',
      remedy: "Write the value out, or claim with `backend: 'jobs'`.",
    },
    { sandboxId: id },
  );
}
