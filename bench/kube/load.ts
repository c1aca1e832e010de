/**
 * So many GETs by one contender in a process of its own, 16 at once. Prints calls a second, processor time a call, connections
 * opened and the memory of the process as JSON. Started by main.ts: `load.ts CONTENDER TARGET_JSON CALLS`.
 */
import { Socket } from 'node:net';
import { contenders } from './contenders';

const atOnce = 16;

async function main([name, target, count]: string[]): Promise<void> {
  const calls = Number(count);
  const contender = await contenders[name!]!(JSON.parse(target!));
  for (let index = 0; index < 20; index += 1) await contender.get();
  let opened = 0;
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function counted(this: Socket, ...args: never[]) {
    opened += 1;
    return (connect as (...all: never[]) => Socket).apply(this, args);
  } as typeof connect;
  const started = process.hrtime.bigint();
  const before = process.cpuUsage();
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await contender.get();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(before);
  const cpuMicros = (user + system) / calls;
  contender.close();
  const rssMb = process.memoryUsage.rss() / 1e6;
  process.stdout.write(
    `${JSON.stringify({ callsPerSecond: calls / seconds, cpuMicros, opened, rssMb })}\n`,
    () => process.exit(0),
  );
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
