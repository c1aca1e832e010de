import { runGateLaw } from '../testing-only/gate-law';

jest.setTimeout(300_000);

test('whatever gates answer, no commit gets past one that is not open, and nothing goes back but what one has refused', async () => {
  await expect(runGateLaw(25)).resolves.toBeUndefined();
});
