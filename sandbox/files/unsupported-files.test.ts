import { UnsupportedFiles } from './unsupported-files';

test.each(['read', 'write', 'list', 'stat', 'remove', 'makeFolder', 'upload', 'download'] as const)(
  'files.%s() of a sandbox without a supervisor says that it needs one',
  async (name) => {
    await expect(new UnsupportedFiles('one')[name]()).rejects.toMatchObject({
      code: 'Unsupported',
      where: 'sandbox one',
      found: `files.${name}`,
      expected: 'what an exec alone can do, as there is no supervisor in this sandbox',
      remedy: expect.stringContaining('`sh`, `uname` and `head`'),
      sandboxId: 'one',
      retryable: false,
    });
  },
);
