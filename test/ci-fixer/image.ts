import { libraryImage } from '../workloads/library-image';

const PROGRAM = 'ci-fixer';

/** Builds the image of CI-fixer with the package as it is packed, unless the very same was built before. Its tag. */
export function ciFixerImage(): Promise<string> {
  return libraryImage({
    program: PROGRAM,
    // Not the name that placeholder programs have: of that one others would be removed.
    name: `${PROGRAM}-program`,
    sources: ['.dockerignore', 'tsconfig.build.json', 'shared', PROGRAM],
  });
}
