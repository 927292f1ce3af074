module.exports = require('./commonjs.cjs')('react.js');
