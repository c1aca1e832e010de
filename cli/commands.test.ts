import { commands } from './commands';
import { drydock, mistake } from './testing-only/drydock';

const names = Object.keys(commands);

test.each(names)('drydock %s --help says how it is used, and does nothing', async (name) => {
  for (const option of ['--help', '-h']) {
    const { code, out, err } = await drydock(name, option);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: drydock ${name}\\b`));
  }
});

test('drydock --help has a line for each', async () => {
  const { out } = await drydock('--help');
  for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
});

test.each(['cluster', 'sandbox', 'gitops'])('drydock %s alone says how it is used', async (name) => {
  expect(await drydock(name)).toEqual(await drydock(name, '--help'));
});

test.each([
  ['cluster', 'up, status, kubeconfig, exec, down, setup'],
  ['sandbox', 'run, exec, shell, cp, ps, gc, preflight'],
  ['gitops', 'run, crds, status, sync, promote, abort, preview'],
])('drydock %s names its commands where another one is given', async (name, actions) => {
  for (const wrong of ['dwon', 'constructor', '--name']) {
    expect(await drydock(name, wrong)).toEqual(
      mistake(`unknown command ${name} ${wrong}, expected one of ${actions}`, `drydock ${name} --help`),
    );
  }
});

test.each([
  ['cluster', 'up'],
  ['cluster', 'exec'],
  ['sandbox', 'run'],
  ['sandbox', 'cp'],
  ['gitops', 'run'],
  ['gitops', 'crds'],
])('drydock %s %s --help is the help of the command', async (name, action) => {
  expect(await drydock(name, action, '--help')).toEqual(await drydock(name, '--help'));
});
