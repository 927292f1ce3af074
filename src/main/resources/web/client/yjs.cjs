module.exports = require('./commonjs.cjs')('yjs.js');
