import { emptySet, mayBeRecreated, mayPrune, tooMany } from './guards';

describe('guards of what is deleted', () => {
  const refs = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      group: '',
      kind: 'ConfigMap',
      namespace: 'here',
      name: `c${at}`,
    }));

  test.each([
    [3, 3, false],
    [4, 15, true],
    [4, 16, false],
    [5, 20, false],
    [5, 19, true],
  ])('%i of %i are too many: %s', (pruned, all, many) => {
    expect(tooMany(refs(pruned), all) !== undefined).toBe(many);
  });

  test('ten are named, the others counted', () => {
    const told = (count: number) => tooMany(refs(count), count)?.found;
    expect(told(10)).toMatch(/^10 of 10 objects .* ConfigMap here\/c0, .*, ConfigMap here\/c9$/);
    expect(told(12)).toMatch(/ConfigMap here\/c9 and 2 more$/);
  });

  test.each(['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim'])(
    'a %s goes by its name alone, and is never made anew',
    (kind) => {
      const ref = { group: '', kind, name: 'a' };
      expect(mayPrune(ref, [])).toBe(false);
      expect(mayPrune(ref, [kind, 'a', `${kind}/b`])).toBe(false);
      expect(mayPrune(ref, [`${kind}/a`])).toBe(true);
      expect(mayBeRecreated(ref)).toBe(false);
    },
  );

  test('what holds data is pruned, and not made anew; anything else is both', () => {
    expect(mayPrune({ group: 'apps', kind: 'StatefulSet', name: 'a' }, [])).toBe(true);
    expect(mayBeRecreated({ kind: 'StatefulSet' })).toBe(false);
    expect(mayBeRecreated({ kind: 'Job' })).toBe(true);
  });

  test('an empty set names the command that removes all', () => {
    expect(emptySet('shop')).toMatchObject({
      code: 'SET_EMPTY',
      where: 'release shop',
      remedy: expect.stringContaining('drydock delete shop'),
    });
  });
});
