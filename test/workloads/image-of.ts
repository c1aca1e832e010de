import { ciFixerImage } from '../ci-fixer/image';
import { controllerImage } from '../gitops/image';
import { workloadImage } from './images';

/** The images that have the library in them. */
const WITH_LIBRARY: Readonly<Record<string, () => Promise<string>>> = {
  'ci-fixer': ciFixerImage,
  'jujutsu-gitops-controller': controllerImage,
};

/** The image of any program as the tests run it, built unless the very same was built before. Its tag. */
export function imageOf(program: string): Promise<string> {
  return WITH_LIBRARY[program]?.() ?? workloadImage(program);
}
