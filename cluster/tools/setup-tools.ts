import { installDebianPackages } from './debian';
import { allGroups } from './pins';
import type { Progress } from './progress';
import { tool } from './tool';

/**
 * Makes a machine ready: Debian packages that are missing, then the named tools, or every tool that clusters and
 * tests use. Returns the paths of the binaries.
 */
export async function setUpTools(names: readonly string[], progress: Progress): Promise<string[]> {
  if (!process.env.DRYDOCK_TOOLS_DIR) installDebianPackages(progress);
  const isWanted = ({ tools, onlyWhenAsked }: ReturnType<typeof allGroups>[number]) =>
    names.length === 0 ? !onlyWhenAsked : Object.keys(tools).some((name) => names.includes(name));
  const groups = allGroups().filter(isWanted);
  const wanted = names.length > 0 ? names : groups.flatMap((group) => Object.keys(group.tools));
  const paths: string[] = [];
  for (const name of wanted) {
    const position = groups.findIndex((group) => name in group.tools) + 1;
    paths.push(await tool(name, (line) => progress(`[${position}/${groups.length}] ${line}`)));
  }
  return paths;
}
