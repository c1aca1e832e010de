/**
 * Runs the todo application with its real programs on a cluster, and writes what was measured and seen to
 * docs/evidence/journey.md, with pictures and the report of `drydock verify` beside it.
 *
 *     npx tsx evidence/journey.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './figures-of';

const repository = join(__dirname, '..');
const evidence = join(repository, 'docs', 'evidence');
const TEST = 'workloads/todo-frontend/on-cluster.real.test.ts';

const figures = figuresOf<Readonly<Record<string, number | string>>>(TEST, {
  DRYDOCK_SCREENSHOTS: join(evidence, 'pictures'),
});

/** What was measured. A specification that allows less than that ends it here. */
function row(step: string, figure: string, allowed?: number): string {
  const measured = figures[figure];
  if (typeof measured !== 'number') throw new Error(`${TEST} measured no ${figure}`);
  if (allowed !== undefined && measured > allowed)
    throw new Error(`${step}: ${measured} s, and ${allowed} s are allowed`);
  return `| ${step} | ${measured.toFixed(1)} s | ${allowed === undefined ? '' : `${allowed} s`} |`;
}

writeFileSync(join(evidence, 'journey-verify.html'), String(figures.report));
writeFileSync(
  join(evidence, 'journey.md'),
  `# The todo application on a cluster

Written by \`npx tsx evidence/journey.ts\`, which runs [\`${TEST}\`](../../${TEST}): the images of [workloads/](../../workloads/) on the
embedded cluster, installed by helm from the chart's archive with \`values-dev.yaml\` and \`postgres.enabled=true\`, used in Chromium through the node port. PostgreSQL is real. **The
model is a stand-in, a script, and no model**; the page says so at each answer.

| step | measured | the specification allows |
|---|---|---|
${[
  row('install: all pods ready, the migration done', 'install', 300),
  row('a backend pod is killed: another one answers', 'recovered', 60),
  row('the database comes back: the backend is ready again', 'databaseBack'),
  row('upgrade: other pods of all services', 'upgrade'),
  row('scale all services from 1 to 3', 'scaledUp', 120),
  row('evict all pods of frontend and backend, as a drain does', 'evicted'),
  row('roll back, which is 3 to 1 and other pods too', 'rollback', 120),
  row('uninstall', 'uninstall'),
  row('`kubectl apply` of the plain manifests, on the volume that was left', 'applied', 300),
].join('\n')}

- During upgrade, scaling, eviction and rollback ${figures.answered} requests went through frontend and backend; none failed.
- Upgrade and scaling are what \`workloads/scripts/deploy.sh\` does, from the chart's folder and with a Secret of its own; \`validate.sh\` found everything as it
  was meant.
- While the database was away somebody added todos without a pause; all ${figures.acknowledged} that were acknowledged were there afterwards, and after
  the application was uninstalled and came back as plain manifests.
- \`drydock verify\` looked at ${figures.verified} objects and found nothing: [its report](journey-verify.html), with the time until each was ready and what leads to what.
- No script of the page broke, its policy refused nothing, and axe found nothing serious.

What somebody sees who comes for the first time:

![A form with an e-mail address and a password, to sign in or to sign up](pictures/sign-in.png)

She adds todos, edits one and ticks one; the chat lists them, and adds one that shows without a reload. Another user sees none of it:

![A list of two todos, and a chat beside it in which the stand-in has answered](pictures/list-and-chat.png)

The backend's pod was killed in between. She goes on where she was:

![The same list with one todo more, and with what the chat has ticked](pictures/after-a-pod-died.png)
`,
);
