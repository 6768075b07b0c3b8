import { elementById } from './element.ts'
import type { PortalConfig } from './portal-config.ts'

/** Says which way this page takes to Qlik, with a link to this view by the other way. */
export function showRoute({ way, qlik, otherWayUrl }: PortalConfig): void {
  const line = elementById('route', HTMLElement)
  const place = document.createElement('code')
  place.textContent = qlik.url
  if (way === 'gateway')
    line.append(
      emphasised('Through the gateway'),
      ' at ',
      place,
      ': your browser holds a cookie of the gateway, and no cookie or token of Qlik. ',
    )
  else
    line.append(
      emphasised('Directly'),
      ' at ',
      place,
      ': your browser holds Qlik’s cookies, which it must not block. ',
    )
  if (otherWayUrl !== undefined) {
    const link = document.createElement('a')
    link.href = otherWayUrl + location.pathname
    link.textContent =
      way === 'gateway' ? 'Compare: the same view directly' : 'Compare: through the gateway'
    line.append(link)
  }
  line.hidden = false
}

function emphasised(words: string): HTMLElement {
  const element = document.createElement('strong')
  element.textContent = words
  return element
}
