import { pageGlobals } from './page-globals.ts'

/**
 * Listens to what happens to a page.
 *
 * @param wake hears that the page is looked at again: it became visible, comes from the back-forward cache,
 * or was frozen
 * @param online hears that the browser has a network again
 * @returns stops listening
 * @see https://developer.chrome.com/docs/web-platform/page-lifecycle-api
 */
export function listenToPage(wake: () => void, online: () => void): () => void {
  const { document, window } = pageGlobals()
  const controller = new AbortController()
  const { signal } = controller
  const onPageShow = (event: Event & { readonly persisted?: boolean }) => {
    if (event.persisted === true) wake()
  }
  const onVisibility = () => {
    if (document?.visibilityState === 'visible') wake()
  }
  window?.addEventListener('pageshow', onPageShow, { signal })
  window?.addEventListener('online', online, { signal })
  document?.addEventListener('visibilitychange', onVisibility, { signal })
  document?.addEventListener('resume', wake, { signal })
  return () => controller.abort()
}
