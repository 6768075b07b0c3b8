/** Says in an element's place what is wrong or missing, so that nobody waits for a chart. */
export function showNotice(element: HTMLElement, title: string, detail: string): void {
  const notice = document.createElement('div')
  notice.setAttribute('role', 'alert')
  // Written here, as the element can stand on a page of any origin and style. The colours are those of the
  // page, which may be light or dark.
  notice.style.cssText =
    'font:14px/1.4 system-ui,sans-serif;padding:16px;box-sizing:border-box;overflow:auto;height:100%'
  const strong = document.createElement('strong')
  strong.textContent = title
  const words = document.createElement('p')
  words.style.margin = '8px 0 0'
  words.textContent = detail
  notice.append(strong, words)
  element.replaceChildren(notice)
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
