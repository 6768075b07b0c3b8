import { elementById } from './element.ts'
import type { PortalConfig } from './portal-config.ts'

type Way = PortalConfig['way']

const labels: Readonly<Record<Way, string>> = {
  gateway: 'Through the gateway',
  direct: 'Direct',
}

/** What each way means for cookies, in a sentence. */
const words: Readonly<Record<Way, string>> = {
  gateway:
    'your browser holds one cookie, that of the gateway on this page’s own site, and no cookie or token of Qlik: it may block third-party cookies.',
  direct:
    'your browser holds Qlik’s own cookies, which are third-party where Qlik is another site: a browser that blocks those cannot log in.',
}

/** Says which way this page takes to Qlik, what that means for cookies, and switches to the other one. */
export function showRoute({ way, otherWayUrl }: PortalConfig, qlikUrl: string): void {
  const choice = elementById('route-choice', HTMLFieldSetElement)
  for (const one of ['gateway', 'direct'] as const) {
    if (one === way) choice.append(chosen(one))
    else if (otherWayUrl === location.origin) choice.append(switchTo(one))
    else if (otherWayUrl !== undefined) choice.append(linkTo(one, otherWayUrl))
  }
  const place = document.createElement('code')
  place.textContent = qlikUrl
  elementById('route-words', HTMLElement).append(place, `: ${words[way]}`)
  elementById('route', HTMLFormElement).hidden = false
}

function chosen(way: Way): HTMLElement {
  const element = document.createElement('strong')
  element.textContent = labels[way]
  element.ariaCurrent = 'true'
  return element
}

/** The portal keeps which way was chosen. */
function switchTo(way: Way): HTMLElement {
  elementById('route-way', HTMLInputElement).value = way
  elementById('route-to', HTMLInputElement).value = location.pathname
  const button = document.createElement('button')
  button.type = 'submit'
  button.textContent = labels[way]
  return button
}

/** The other way is at another address of the portal. */
function linkTo(way: Way, url: string): HTMLElement {
  const link = document.createElement('a')
  link.href = url + location.pathname
  link.textContent = labels[way]
  return link
}
