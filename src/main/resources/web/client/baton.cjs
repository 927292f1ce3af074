module.exports = require('./commonjs.cjs')('baton.js');
