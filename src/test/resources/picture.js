// A picture of the page as text: what is drawn, in an SVG that needs nothing from elsewhere. What differs from run to
// run becomes a sample. The function takes the picture's title and promises the SVG.
async (title) => {
  const copy = document.body.cloneNode(true);

  const fields = [...document.body.querySelectorAll('input, textarea')];
  [...copy.querySelectorAll('input, textarea')].forEach((field, i) => {
    if (field.tagName === 'TEXTAREA') {
      field.textContent = fields[i].value;
    } else if (field.type === 'radio' || field.type === 'checkbox') {
      field.toggleAttribute('checked', fields[i].checked);
    } else {
      field.setAttribute('value', fields[i].value);
    }
  });
  copy.querySelectorAll('script, noscript, template, [hidden], dialog:not([open]), details:not([open]) > :not(summary), '
    + '.visually-hidden, .cm-announced').forEach((unseen) => unseen.remove());
  for (const image of copy.querySelectorAll('img')) {
    const drawn = await (await fetch(image.src)).text();
    image.setAttribute('src', `data:image/svg+xml,${encodeURIComponent(drawn.replace(/\s+/g, ' '))}`);
  }

  const samples = [
    [/127\.0\.0\.1:\d+/g, 'node-1:8080'],
    [/\b[0-9a-f]{12}\b/g, '8d41c0f2a6be'],
    [/\b\d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?\b/g, '10:24'],
  ];
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    text.data = samples.reduce((said, [varying, sample]) => said.replace(varying, sample), text.data);
  }
  for (const element of copy.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) {
      if (/^(aria-|data-session|title$|href$|for$|tabindex$|datetime$)/.test(name)) {
        element.removeAttribute(name);
      }
    }
  }

  const used = (selector) => {
    try {
      return document.querySelector(selector.replace(/(^|[\s,])::?(before|after|marker|placeholder)/g, '$1*').replace(/::?(before|after|marker|placeholder)/g, ''));
    } catch {
      return false;
    }
  };
  const rules = (list) => [...list].flatMap((rule) => {
    if (rule instanceof CSSMediaRule) {
      const inner = rules(rule.cssRules);
      if (rule.conditionText.includes('prefers-color-scheme')) {
        return [`@media ${rule.conditionText} { ${inner.join(' ')} }`];
      }
      return matchMedia(rule.conditionText).matches ? inner : [];
    }
    const drawn = rule instanceof CSSStyleRule && !/:(hover|focus|active)/.test(rule.selectorText) && used(rule.selectorText);
    return drawn ? [rule.cssText.replace(/(^|[\s,])html\b/g, '$1:root')] : [];
  });
  copy.style.minHeight = '100vh';

  const svg = (name, content) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    element.textContent = content;
    return new XMLSerializer().serializeToString(element);
  };
  const style = [...document.adoptedStyleSheets, ...document.styleSheets].flatMap((sheet) => rules(sheet.cssRules)).join('\n');
  const [width, height] = [innerWidth, innerHeight];
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n`
    + `${svg('title', title)}\n${svg('style', `\n${style}\n`)}\n<foreignObject width="100%" height="100%">\n`
    + `${new XMLSerializer().serializeToString(copy)}\n</foreignObject>\n</svg>\n`;
}
