import { IMAGE_REASONS, START_REASONS } from './waiting-reasons';

test('each reason is one of the words that a kubelet writes, and is about the image or about the start', () => {
  for (const reason of [...IMAGE_REASONS, ...START_REASONS]) {
    expect(reason).toMatch(/^([A-Z][a-z]+){2,}$/);
    expect([IMAGE_REASONS.has(reason), START_REASONS.has(reason)].filter(Boolean)).toHaveLength(1);
  }
});
