import { type ScriptedServer, scriptedServer, sendJson } from '../../kube/testing-only/scripted-server';
import { rightsNotExcessive, rightsSufficient } from './rights';

interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
}

let server: ScriptedServer;
afterEach(() => server.close());

/** An API server whose authorizers grant what the function says. */
async function granting(isAllowed: (asked: Asked) => boolean) {
  server = await scriptedServer((seen, response) => {
    const review = JSON.parse(seen.body);
    const allowed = isAllowed(review.spec.resourceAttributes);
    sendJson(response, 201, { ...review, status: { allowed } });
  });
  return server.connect();
}

const inBoxes = ['namespaces', 'resourcequotas', 'networkpolicies', 'roles', 'rolebindings'];
const ofTheCluster = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];

test.each(
  ['update', 'patch', 'delete', 'deletecollection'].flatMap((verb) =>
    [...inBoxes, ...ofTheCluster].map((resource) => [verb, resource] as const),
  ),
)('to %s %s is too much: it takes away what bounds sandboxes', async (verb, resource) => {
  const connection = await granting((asked) => asked.verb === verb && asked.resource === resource);
  const finding = await rightsNotExcessive(connection, 'boxes');
  const place = inBoxes.includes(resource) ? 'in boxes' : 'everywhere';
  expect(finding).toMatchObject({ check: 'rights-not-excessive', verdict: 'bad' });
  expect(finding.found).toMatch(new RegExp(`^granted: ${verb} ${resource}(\\.[a-z.0-9]+)? ${place}$`));
});

test('an account that has what the runtime needs and no more is good at both', async () => {
  const own = new Set(['jobs', 'pods', 'events', 'resourcequotas']);
  const connection = await granting(
    ({ verb, resource, namespace }) =>
      own.has(resource) &&
      namespace === 'boxes' &&
      (resource === 'jobs' || ['get', 'list', 'watch'].includes(verb)),
  );
  expect(await rightsNotExcessive(connection, 'boxes')).toMatchObject({ verdict: 'good' });
  const missing = await rightsSufficient(connection, 'boxes');
  expect(missing).toMatchObject({ verdict: 'bad', found: 'not granted: create pods/exec in boxes' });
});
