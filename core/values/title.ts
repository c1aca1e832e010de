/** Words that people write in capitals. */
const CAPITALS = /^(api|cidr|cpu|dns|http|https|id|ip|tls|ui|uid|uri|url)$/;

/** A name of a value as the title that forms show: `minReplicas` is "Min replicas", `GITHUB_TOKEN` stays as it is. */
export function titleOf(name: string): string {
  if (!/[a-z]/.test(name)) return name;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_.-]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
    .map((word) => (CAPITALS.test(word) ? word.toUpperCase() : word));
  const [first = name, ...rest] = words;
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest].join(' ');
}
