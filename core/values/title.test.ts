import { titleOf } from './title';

test.each([
  ['minReplicas', 'Min replicas'],
  ['cpu', 'CPU'],
  ['cpuLimit', 'CPU limit'],
  ['mcp-server', 'Mcp server'],
  ['backendUrl', 'Backend URL'],
  ['GITHUB_TOKEN', 'GITHUB_TOKEN'],
  ['tls.crt', 'TLS crt'],
])('the value %s has the title %s', (name, title) => {
  expect(titleOf(name)).toBe(title);
});
