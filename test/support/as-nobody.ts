/**
 * Options of setpriv for a process that is not root, and may still read this repository where it lies in a folder that
 * only root may enter.
 */
export const asNobody: readonly string[] = [
  '--reuid=65534',
  '--clear-groups',
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
];
