// jest makes an AsyncLocalStorage for each test file and never disables it, and Node asks every one that there is at each
// promise: after a hundred files a promise costs a hundred times as much. So a file begins with disabling those of the
// one before it, which has ended.
const hooks = require('node:async_hooks');

// At the module, which all files of a process share; what jest gives them else is a copy each.
const LEFT = Symbol.for('storages of the test file before');

if (hooks[LEFT] === undefined) {
  hooks[LEFT] = [];
  const { AsyncLocalStorage } = hooks;
  hooks.AsyncLocalStorage = class extends AsyncLocalStorage {
    constructor(...options) {
      super(...options);
      hooks[LEFT].push(this);
    }
  };
}
for (const storage of hooks[LEFT].splice(0)) storage.disable();

exports.LEFT = LEFT;
