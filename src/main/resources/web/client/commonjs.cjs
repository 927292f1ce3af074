/**
 * The modules beside this file for `require`, where that takes no ES modules (Jest, older Node). There is one source: a module is read
 * from it and put into the other form. It imports and exports in lines of its own, in the few ways that are known here.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** What was loaded, by file. @type {Map<string, any>} */
const loaded = new Map();

/** @param {string} file a module beside this one @returns {any} what it exports */
function load(file) {
  if (!loaded.has(file)) {
    const names = [];
    const exported = (name) => (names.push(name.trim()), '');
    const from = (specifier) => (specifier.startsWith('./') ? `load('${specifier.slice(2)}')` : `require('${specifier}')`);
    const text = readFileSync(join(__dirname, file), 'utf8')
      .replace(/^import (?:\* as (\w+)|(\{[^}]*\})) from '([^']+)';$/gm, (_, all, some, path) => `const ${all ?? some} = ${from(path)};`)
      .replace(/^export \{([^}]*)\};$/gm, (_, list) => (list.split(',').forEach(exported), ''))
      .replace(/^export (const|class|(?:async )?function) (\w+)/gm, (_, kind, name) => `${exported(name)}${kind} ${name}`);
    const body = `'use strict';${text}\nreturn { ${names.join(', ')} };\n//# sourceURL=${join(__dirname, file)}`;
    loaded.set(file, new Function('load', 'require', body)(load, require));
  }
  return loaded.get(file);
}

module.exports = load;
