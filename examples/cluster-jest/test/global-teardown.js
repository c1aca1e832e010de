module.exports = require('cdk8s-drydock/testing').globalTeardown;
