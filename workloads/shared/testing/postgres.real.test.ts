import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
    socket.on('error', () => resolve(false));
  });

test('a run that is killed takes its PostgreSQL along', async () => {
  const file = JSON.stringify(join(__dirname, 'postgres.ts'));
  const program = `require(${file}).startPostgres().then(({ port }) => console.log(port));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', program], {
    cwd: join(__dirname, '..', '..', '..'),
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (text) => resolve(Number(text)));
    child.once('exit', () => reject(new Error('it ended before it had a server')));
  });
  expect(await answers(port)).toBe(true);
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  for (let tries = 0; tries < 100 && (await answers(port)); tries++) {
    await new Promise((go) => setTimeout(go, 100));
  }
  expect(await answers(port)).toBe(false);
});
