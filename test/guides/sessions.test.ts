import { missingIn, stepsIn } from './sessions';

const page = `
Words.

\`\`\`sh
npx drydock diff shop dist   # exit code 1
kubectl get pods             # for you to see
\`\`\`
\`\`\`text
one of …
two
\`\`\`
\`\`\`ts
const notACommand = 1;
\`\`\`
`;

test('a page is read as its reader types it', () => {
  expect(stepsIn(page)).toEqual([
    { command: 'npx drydock diff shop dist', exitCode: 1, says: [] },
    { command: 'kubectl get pods', exitCode: 0, says: ['one of …', 'two'] },
  ]);
});

test('what is printed has the lines of the page in their order, and may have more', () => {
  const says = ['one of …', 'two (2)'];
  expect(missingIn('zero\none of three\nmore\ntwo (2)\n', says)).toBeUndefined();
  expect(missingIn('two (2)\none of three\n', says)).toBe('two (2)');
  expect(missingIn('one\ntwo (2)\n', says)).toBe('one of …');
  expect(missingIn('one of three\ntwo 2\n', says)).toBe('two (2)');
});
