import { ApiObject, App, Chart } from 'cdk8s';
import { Guardrails, type GuardrailsProps } from '../../../guardrails';
import { type Examples, on } from '../example';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'web:latest' }] },
};

/** A program with one Pod, held against guardrails. */
function guarded(props: GuardrailsProps): void {
  const app = new App();
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'web', POD);
  new Guardrails(app, { check: { level: 'privileged' }, ...props });
  app.node.validate();
}

const latest = { rule: 'latest-tag', object: 'Pod/web', reason: 'It is replaced next week' };

export const guardrailExamples: Examples = {
  GUARDRAIL_BROKEN: on('an image that a rule of check forbids', () => guarded({})),
  WAIVER_STALE: on('a waiver of what is not there', () =>
    guarded({ waivers: [latest, { ...latest, object: 'Pod/api' }] }),
  ),
};
