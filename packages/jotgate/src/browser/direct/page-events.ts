import { page } from './page-globals.ts'

/**
 * Listens to what happens to a page.
 *
 * @param back hears that the page was away and is looked at again: it became visible, comes from the back-forward
 * cache, or was frozen
 * @param online hears that the browser has a network again
 * @returns stops listening
 * @see https://developer.chrome.com/docs/web-platform/page-lifecycle-api
 */
export function listenToPage(back: () => void, online: () => unknown): () => void {
  const { document, window } = page
  const controller = new AbortController()
  const listen = (
    target: EventTarget | undefined,
    type: string,
    hear: (event: Event & { readonly persisted?: boolean }) => void,
  ) => target?.addEventListener(type, hear, controller)
  listen(window, 'online', online)
  listen(window, 'pageshow', (event) => event.persisted && back())
  listen(document, 'visibilitychange', () => document?.visibilityState === 'visible' && back())
  listen(document, 'resume', back)
  return () => controller.abort()
}
