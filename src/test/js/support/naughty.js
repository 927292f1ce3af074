/** Texts that programs have stumbled over. */
export const NAUGHTY = {
  empty: '',
  spaces: ' \t\n\r\v\f\u00a0\u1680\u2003\u2028\u2029\u3000\ufeff',
  nul: 'before\u0000behind',
  controls: Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join('') + '\u007f\u0080\u009f',
  quotes: `\\ \\\\ \\u0041 " ' \` </script> <!-- --> {{x}} \${x} %s %00 '; DROP TABLE entries; --`,
  'another name of a field': '","type":"release","data":"',
  json: '{"type":"bye"}',
  'looks like a number': '-0 1e400 0x10 NaN Infinity null undefined true [object Object] __proto__',
  'right to left': 'שלום \u202eabc\u202c العربية \u2066ltr\u2069 \u200f',
  combining: `Z${'\u0351\u036b\u0343'.repeat(40)}a\u0301 e\u0301\u0327 \u1100\u1161\u11a8 한글`,
  'composed and not': 'é é Å Å Å ﬁ ß ẞ İ ı',
  'joined emoji': '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪🇯🇵 1️⃣ 🧑🏿‍🚀',
  'astral planes': '𠀀𝔘𝔫𝔦𝔠𝔬𝔡𝔢\u{10ffff}\u{1f9ff}',
  'no characters': '\ufffe\uffff\u{1fffe}\ufffd',
  'private and invisible': '\ue000\uf8ff\u200b\u200c\u200d\u2060\u00ad\ufff9\ufffb\u{e0041}',
  'ends of lines': 'a\rb\nc\r\nd\n\re\u0085f',
  'one line': 'x'.repeat(60_000),
  'many lines': '\n'.repeat(30_000),
};

/** Halves of pairs, which UTF-8 does not have. */
export const HALVES = ['\ud800', '\udc00', 'a\udbffb', '\udc00\ud800'];
