module.exports = require('./commonjs.cjs')('keep.js');
