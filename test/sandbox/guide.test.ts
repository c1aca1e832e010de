import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ciFixerAdminValues, ciFixerValues } from '../../charts';
import type { JsonObject } from '../../core/template';
import {
  defineSandbox,
  defineValues,
  HelmChart,
  SandboxRbac,
  SandboxTemplate,
  sandboxRun,
  Testing,
  value,
} from '../../index';
import { RBAC } from '../support/valid-sandbox';

const guide = (name: string) => readFileSync(path.join(__dirname, '../../docs/guides', name), 'utf8');

/** Runs the first TypeScript block of a guide, without its imports. */
function runFirstBlock(text: string, result: string): unknown {
  const code = /```ts\n([\s\S]*?)```/.exec(text)?.[1]?.replace(/^import .*$/gm, '') as string;
  const names = { defineSandbox, defineValues, sandboxRun, value };
  return new Function(...Object.keys(names), `${code}\nreturn ${result};`)(...Object.values(names));
}

test("the sandbox of the guide on SandboxRbac prints a chart and makes the guide's Job", () => {
  const [values, sandbox] = runFirstBlock(guide('sandbox-rbac.md'), '[values, sandbox]') as [never, never];
  const chart = new HelmChart(Testing.app(), 'boxes', { description: 'Boxes', values });
  new SandboxTemplate(chart, 'template', { sandbox });
  new SandboxRbac(chart, 'rbac', {
    sandbox,
    ...RBAC,
  });
  const objects = Testing.synth(chart) as JsonObject[];
  expect(objects.map(({ kind }) => kind)).toContain('ValidatingAdmissionPolicy');
});

test.each([
  'sandbox.images',
  'sandbox.runtimeClass',
  'sandbox.priorityClass',
  'sandbox.queue',
  'sandbox.namespace',
])('the value %s of the guide on CI-fixer is one of both charts', (name) => {
  expect(guide('ci-fixer.md')).toContain(`\`${name}\``);
  for (const values of [ciFixerAdminValues, ciFixerValues]) {
    expect(
      name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values),
    ).toBeDefined();
  }
});
