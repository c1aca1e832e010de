import type { Construct } from 'constructs';
import { BUSYBOX_IMAGE } from '../../cluster';
import { SecureAgent, SecureCron, SecureService, SecureTask, SecureWorker } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { placeholder } from '../secure-service/placeholder';

const values = defineValues({
  schedule: value.string({ default: '@daily', doc: 'When the crons run' }),
  zone: value.string({ default: 'Etc/UTC', doc: 'The time zone of that' }),
  run: value.string({ default: 'first', doc: 'Another text runs the task again' }),
});

const program = {
  image: BUSYBOX_IMAGE,
  resources: { cpu: '10m', memory: '32Mi', ephemeralStorage: '64Mi' },
  terminationGracePeriodSeconds: 1,
} as const;
const shell = (script: string) => ({ ...program, command: ['sh', '-c', script] });

/** It touches its file each time that the service answers it: it is alive when the network lets it out. */
const WORK = 'while :; do timeout 2 wget -q -O - "$URL/health" && touch /tmp/alive; sleep 1; done';

/** What a team runs beside a service: each of them says something that a test can see. */
export class Team extends HelmChart<typeof values> {
  constructor(scope: Construct) {
    super(scope, 'team', { description: 'test', values });
    const web = new SecureService(this, 'web', placeholder);
    new SecureWorker(this, 'worker', {
      ...shell(WORK),
      env: { URL: web.url },
      writable: ['/tmp'],
      liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
      allowTo: [web],
    });
    // The twin of the worker: it does not say that it lives.
    new SecureWorker(this, 'silent', {
      ...shell('sleep 3600'),
      writable: ['/tmp'],
      liveness: { file: '/tmp/alive', maxAgeSeconds: 60 },
    });
    const cron = { ...shell('echo "runs as $(id -u)"'), schedule: values.schedule, timeZone: values.zone };
    new SecureCron(this, 'late', cron);
    // The twin of the one before: what it missed is too long ago for it.
    new SecureCron(this, 'strict', { ...cron, startingDeadlineSeconds: 10 });
    new SecureTask(this, 'task', {
      ...shell('echo "piece $JOB_COMPLETION_INDEX of run $RUN"'),
      env: { RUN: text`${values.run}` },
      completions: 2,
      parallelism: 2,
      run: values.run,
    });
    new SecureAgent(this, 'agent', {
      ...shell('echo "on $NODE"; trap "exit 0" TERM; while :; do sleep 1; done'),
      env: { NODE: { field: 'spec.nodeName' } },
      liveness: { none: 'it ends by itself when it fails' },
      everyNode: true,
    });
  }
}

/** An agent that reads a folder of its node, and may not write to it. */
export class Reader extends HelmChart {
  constructor(scope: Construct) {
    super(scope, 'reader', { description: 'test' });
    const script = 'head -c 4 /host/etc/passwd && echo; touch /host/etc/x 2>&1; while :; do sleep 1; done';
    new SecureAgent(this, 'reader', {
      ...shell(script),
      liveness: { none: 'it ends by itself when it fails' },
      hostPaths: [{ path: '/etc', mountPath: '/host/etc', reason: 'reads who is on the node' }],
    });
  }
}
