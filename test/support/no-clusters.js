// A unit test that goes wrong, or one that runs on changed code, could start a cluster on this machine, end one that is
// in use, or install tools. Here the folder of clusters is below a file, where not even root can make one, and there are no
// tools: whatever a test calls is refused before anything begins. Plain JavaScript, for jest's `setupFiles`.
process.env.DRYDOCK_CLUSTERS = '/dev/null/no-clusters-in-unit-tests';
process.env.DRYDOCK_TOOLS_DIR = '/dev/null/no-tools-in-unit-tests';
