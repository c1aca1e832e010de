import type { Row } from './injection';

/** The page, of all rows. */
export function page(
  rows: readonly string[],
  convicted: readonly string[],
  { minutes, cores }: { readonly minutes: number; readonly cores: number },
): string {
  return `# What an Application says of faults, and when it is well again

Written by \`npx tsx evidence/gitops-faults.ts\`, in ${minutes} minutes on ${cores} cores that had other work too, on Kubernetes 1.34. Two controllers run as
processes; three Applications follow repositories of a real git server over https, two into the cluster of the controller, one into another one. Each injection
comes with a commit to all three, which changes two objects, adds one and leaves one out. Every repository is asked each second: no forge tells of
pushes, so its webhook is down all the time. The Lease of the leader lasts nine seconds, and whoever ends is started again, as a kubelet does it.

A witness asks both API servers several times a second, past the faults. *Lost* is an object that every commit has and that is gone or was made anew,
one that is left though no commit has it, or one that the inventory has forgotten; *unowned* is an object of others that was written; *mixed* is what was called synced
and was not the whole of the commit that the status names. *Told* is how long it took from the fault until an Application said so, for those that have to; *well* how
long from the end of the fault until all three said that their commit is in force, by themselves. Where a process has to be followed by another one, that is
the time that the Lease has left. Each is the median, then the longest.

| fault | injections | conditions said, of three Applications | told | well again | lost | unowned | mixed |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

The conditions are the reasons of \`Ready\` beside those of a commit that comes into force.

## Controllers that are broken on purpose

One change in the source each; the same witness has to find it.

| controller | fault | found | after so many injections |
|---|---|---|---|
${convicted.join('\n')}
`;
}

export function rowOf({ fault, injections, said, told, well, breaches }: Row): string {
  const words = [...said].sort(([, one], [, other]) => other - one);
  const cells = [
    ...[fault, injections, words.map(([reason, count]) => `\`${reason}\` ${count}`).join(', ')],
    ...[inSeconds(told), inSeconds(well), breaches.lost, breaches.unowned, breaches.mixed],
  ];
  return `| ${cells.join(' | ')} |`;
}

function inSeconds(all: readonly number[]): string {
  if (all.length === 0) return '';
  const sorted = [...all].sort((one, other) => one - other);
  const of = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return `${of(0.5).toFixed(1)} s, ${of(1).toFixed(1)} s`;
}
