/**
 * What a page tells of itself, where there is one: it was lost sight of, left, or gone back to.
 *
 * @param {{back: () => void, hide: () => void, show: () => void}} acts `back`: the network is back, or the page is seen again; `hide`:
 *   the page is left, for ever or until `show`
 * @returns {AbortController | undefined} ends it
 */
export function listenToPage({ back, hide, show }) {
  const { document, addEventListener, AbortController } = globalThis;
  if (!addEventListener || !AbortController) {
    return undefined;
  }
  const over = new AbortController();
  const listen = (target, type, act) => target?.addEventListener?.(type, act, { signal: over.signal });
  listen(globalThis, 'online', back);
  listen(globalThis, 'pageshow', ({ persisted }) => persisted && show());
  listen(globalThis, 'pagehide', hide);
  listen(document, 'visibilitychange', () => document.visibilityState === 'visible' && back());
  return over;
}
