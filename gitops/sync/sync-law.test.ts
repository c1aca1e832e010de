import { runGitopsLaw } from '../testing-only/gitops-law';

jest.setTimeout(300_000);

test('any sequence of pushes, edits, kills and clusters that come and go ends as the last good commit says', async () => {
  await expect(runGitopsLaw(60)).resolves.toBeUndefined();
});
