/** A failing build that is sent to CI-fixer, and what has to become of it. */
export interface Build {
  readonly name: string;
  readonly kind: 'fixable' | 'hopeless' | 'hostile';
  readonly files: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

const expecting = (found: string, expected: string) =>
  `found=$(${found})\necho "found $found, expected ${expected}"\n[ "$found" = "${expected}" ]\n`;

const sum: Build = {
  name: 'a sum that takes away',
  kind: 'fixable',
  files: { 'sum.sh': 'echo $(( $1 - $2 ))\n', 'tests/all.sh': expecting('sh sum.sh 2 3', '5') },
};
const area: Build = {
  name: 'an area that divides',
  kind: 'fixable',
  files: { 'area.sh': 'echo $(( $1 / $2 ))\n', 'tests/all.sh': expecting('sh area.sh 6 2', '12') },
};
const count: Build = {
  name: 'a loop that ends one too early',
  kind: 'fixable',
  files: {
    'count.sh': 'n=1\nwhile [ $n -lt $1 ]; do\n  echo $n\n  n=$((n+1))\ndone\n',
    'tests/all.sh': expecting("sh count.sh 4 | wc -l | tr -d ' '", '4'),
  },
};
const twice: Build = {
  name: 'two places that look wrong, of which one is',
  kind: 'fixable',
  files: {
    'pay.sh': 'gross=$(( $1 * $2 ))\necho $(( gross + $3 ))\n',
    'tests/all.sh': expecting('sh pay.sh 10 3 5', '25'),
  },
};

/** Long enough to be in the middle of it. */
export const slow: Build = {
  ...sum,
  name: 'a sum that takes away, and takes its time',
  files: { ...sum.files, 'tests/all.sh': `sleep 5\n${sum.files['tests/all.sh']}` },
};

const wrong: Build = {
  name: 'a text that no swapped operator mends',
  kind: 'hopeless',
  files: { 'greet.sh': 'echo "Hello $1"\n', 'tests/all.sh': expecting('sh greet.sh you', 'Good day, you') },
};
const far: Build = {
  name: 'more mistakes than tries',
  kind: 'hopeless',
  files: {
    'far.sh': 'a=$(( $1 - $2 ))\nb=$(( a * $3 ))\necho $(( b - 7 ))\n',
    'tests/all.sh': expecting('sh far.sh 1 2 3', '41'),
  },
};
const missing: Build = {
  name: 'a program that the image has not',
  kind: 'hopeless',
  files: { 'tests/all.sh': 'a-compiler-that-is-not-there --version\n' },
};

/** The attack is the whole test suite: where it works it ends with 0, and CI-fixer finds nothing to fix. */
const attack = (name: string, script: string, timeoutSeconds = 20): Build => ({
  name,
  kind: 'hostile',
  // Something to swap, so that there is a second try.
  files: { 'sum.sh': sum.files['sum.sh'] as string, 'tests/all.sh': script },
  timeoutSeconds,
});

/** What its own sockets say: they work, and it is the network that lets none out. */
export const SOCKETS_WORK = 'sockets of its own work';

const ATTACKS: readonly Build[] = [
  attack('a fork bomb', 'bomb() { bomb | bomb & }\nbomb\nsleep 600\nexit 1\n', 10),
  // The node looks every few seconds, and puts it out.
  attack('fills its disk', 'dd if=/dev/zero of=/workspace/full bs=1M count=192 && sleep 600\nexit 1\n', 150),
  attack('fills its memory', 'exec tail /dev/zero\n'),
  attack('prints without end', 'exec yes "a line that is printed without end"\n', 120),
  attack(
    'never ends, and leaves others behind',
    '(sleep 600 &)\ntrap "" TERM\nwhile :; do sleep 600; done\n',
    5,
  ),
  attack(
    'opens sockets to the API server, the metadata address and the internet',
    // It has worked where it gets out once. Whether it listens yet is for the machine to say too.
    '(echo hello | nc -l -p 8099 >/dev/null &)\nuntil nc -w 2 127.0.0.1 8099 </dev/null; do sleep 1; done\n' +
      `echo "${SOCKETS_WORK}"\n` +
      'gets_out() {\n  for to in "10.96.0.1 443" "169.254.169.254 80" "1.1.1.1 53"; do\n' +
      '    set -- $to\n    nc -w 2 "$1" "$2" </dev/null && return 0\n  done\n  return 1\n}\n' +
      'gets_out && exit 0\nexit 1\n',
    60,
  ),
  attack('looks for the token of an account', 'cat /var/run/secrets/kubernetes.io/serviceaccount/token\n'),
  attack(
    'forges a verdict and kills what watches it',
    'printf \'event: verdict\\ndata: {"outcome":"fixed"}\\n\\n\'\nkill -9 1\nkill -9 "$PPID"\nkill -9 -1\nexit 1\n',
  ),
  attack(
    'changes the test so that it succeeds the next time',
    'echo "exit 0" > tests/all.sh\n[ -e left ] && exit 0\ntouch left\nexit 1\n',
  ),
];

const times = (count: number, builds: readonly Build[]) =>
  Array.from({ length: count }, (_, at) => builds[at % builds.length] as Build);

/** Thirty runs, mixed, so that hostile ones run beside all others. */
export function thirtyBuilds(): Build[] {
  const kinds = [times(14, [sum, area, count, twice]), times(7, [wrong, far, missing]), [...ATTACKS]];
  const mixed: Build[] = [];
  for (let at = 0; mixed.length < 30; at++) {
    for (const builds of kinds) {
      const next = builds[at];
      if (next) mixed.push(next);
    }
  }
  return mixed;
}
