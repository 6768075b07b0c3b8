let isLeaving = false

/** Whether this page is being left, so that what fails now is expected. */
export const hasLeft = () => isLeaving

/** From now on, a closed socket is expected. */
export function leave(): void {
  isLeaving = true
}

let isReloading = false

/** Loads the page again, once: the connection and another tab may both have news, and one navigation is enough. */
export function reloadPage(): void {
  leave()
  if (isReloading) return
  isReloading = true
  location.reload()
}

addEventListener('pagehide', leave)
// nebula.js does not handle the errors of charts that are being drawn when the socket closes.
addEventListener('unhandledrejection', (event) => {
  if (isLeaving) event.preventDefault()
})
// A page from the browser's cache may be that of somebody who has signed out.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
