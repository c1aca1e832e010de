/**
 * What a kubelet makes of a word of a command or of a variable: `$(NAME)` is that variable's value if there is one, and
 * `$$` is `$`. `Expand` of k8s.io/kubernetes/third_party/forked/golang/expansion.
 */
export function asKubeletReads(word: string, variables: Readonly<Record<string, string>>): string {
  return word.replace(/\$(?:(\$)|\(([^)]*)\))/g, (whole, dollar, name) =>
    dollar ? '$' : (variables[name as string] ?? whole),
  );
}
