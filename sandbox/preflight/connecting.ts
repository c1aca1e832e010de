/**
 * Connecting with what an image has. A tool that is broken looks like a closed network, so each has a control: a
 * connection over loopback, which no network plug-in closes, to a listener that the tool opens itself.
 */
interface Tool {
  readonly name: string;
  /** Shell: exits with 0 when the tool has connected over loopback. */
  readonly control: string;
  /** Shell: exits with 0 when `$1`, port `$2`, was reached. */
  readonly connect: string;
}

const CONTROL_PORT = 45_679;

/** `nc` has two dialects of listening. What it connects to is there some moments after it was started. */
const NC: Tool = {
  name: 'nc',
  control: `
(nc -l -p ${CONTROL_PORT} || nc -l ${CONTROL_PORT}) </dev/null >/dev/null 2>&1 &
i=0
until nc -w 3 127.0.0.1 ${CONTROL_PORT} </dev/null; do
  i=$((i+1)); [ $i -gt 20 ] && exit 1; sleep 0.1
done`,
  connect: 'exec nc -w 3 "$1" "$2" </dev/null',
};

const PYTHON: Tool = {
  name: 'python3',
  control: `exec python3 -c 'import socket
there = socket.create_server(("127.0.0.1", 0))
socket.create_connection(there.getsockname(), 3)'`,
  connect: `exec python3 -c 'import socket,sys; socket.create_connection((sys.argv[1],int(sys.argv[2])),3)' "$1" "$2"`,
};

/** bash cannot listen. A port without a listener is refused by the kernel, in words that a broken bash does not have. */
const BASH: Tool = {
  name: 'bash',
  control: `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${CONTROL_PORT}' 2>&1 | { read -r words; case $words in *refused*) exit 0;; esac; exit 1; }`,
  connect: `exec bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"`,
};

const TOOLS: readonly Tool[] = [NC, PYTHON, BASH];

/** Prints the name of the first tool that connects over loopback; exits with 1 where one is there and none does. */
export const CHOOSE = `
found=
${TOOLS.map(
  ({ name, control }) => `if command -v ${name} >/dev/null; then
  found="$found ${name}"
  (${control}
  ) >/dev/null 2>&1 && { echo ${name}; exit 0; }
fi`,
).join('\n')}
echo "$found"
exit 1`;

/** A line of shell that connects to the API server with a tool that is known to work; `undefined` for no tool of ours. */
export function connectWith(name: string): string | undefined {
  const tool = TOOLS.find((known) => known.name === name);
  return tool && `set -- "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT"; ${tool.connect}`;
}
