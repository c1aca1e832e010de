import { rooms } from '../../scripts/rooms-table';
import { ROOMS, UNMEASURED } from './rooms';

test('each room of the repository has a row, or a reason to have none', () => {
  const measured = ROOMS.flatMap(({ mutated }) => mutated);
  const isMeasured = (room: string) =>
    measured.some((folder) => room === folder || room.startsWith(`${folder}/`));
  const names = rooms.map(({ name }) => name);
  expect(names.filter((name) => isMeasured(name) === Object.hasOwn(UNMEASURED, name))).toEqual([]);
  expect(Object.keys(UNMEASURED).filter((name) => !names.includes(name))).toEqual([]);
});
