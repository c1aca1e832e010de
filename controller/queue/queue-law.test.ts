import { runLinesLaw } from '../testing-only/lines-law';
import { runQueueLaw } from '../testing-only/queue-law';

const RUNS = Number(process.env.QUEUE_LAW_RUNS ?? 2_000);

test('whatever is added, taken and finished, in any order, the queue keeps its promises', async () => {
  await expect(runQueueLaw(RUNS)).resolves.toBeUndefined();
}, 600_000);

test('whatever lines up, lines take turns and none is starved', async () => {
  await expect(runLinesLaw(RUNS)).resolves.toBeUndefined();
}, 600_000);
