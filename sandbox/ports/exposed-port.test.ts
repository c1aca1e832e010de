import type { Supervisor } from '../supervisor/supervisor';
import { ExposedPort, type ExposeOptions } from './exposed-port';

// What is refused before a supervisor is asked; the rest is in expose.real.test.ts.

const open = (port: number, options: object = {}, supervisor?: Supervisor) =>
  ExposedPort.open(supervisor, port, options as ExposeOptions, 'box-1');

test.each<[number, object, string]>([
  [0, {}, 'port: a number, 0'],
  [65_536, {}, 'port: a number, 65536'],
  [80, { localPort: -1 }, 'localPort: a number, -1'],
  [80, { gateway: {} }, 'gateway: an object'],
  [1.5, {}, 'port: a number, 1.5'],
  [80, { withinMs: 'soon' }, 'withinMs: a text, "soon"'],
])('port %i with %j is refused', async (port, options, found) => {
  await expect(open(port, options)).rejects.toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining(found),
  });
});

test('what could be exposed needs a supervisor', async () => {
  await expect(open(80)).rejects.toMatchObject({ code: 'Unsupported' });
});
